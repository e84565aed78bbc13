// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage
import Testing

/// Large directories do not hide important changes.
extension ChangeReportTests {
    @Test(
        "Large directories are searched last, but completely",
        arguments: ["a", ".git/objects", ".git"])
    func largeDirectory(place: String) throws {
        let found = try report(
            "git init -q .; mkdir -p a z; touch z/x",
            """
            for i in $(seq 1 9000); do echo "\(place)/a-name-that-takes-some-room-in-the-directory-$i"; done | xargs touch
            mkdir -p \(place)/sub; touch \(place)/sub/x; ln -s /x \(place)/sub/link; git init -q z; echo > z/Makefile
            git init -q a/q; echo > .git/hooks/pre-push
            """)
        #expect(found.files.first == ["z/Makefile"])
        #expect(found.followed.first.contains("z/.git/  (a git repository)"))
        #expect(found.followed.first.contains("a/q/.git/  (a git repository)"))
        #expect(found.executed.first.contains(".git/hooks/pre-push  (a hook)"))
        #expect(found.gaps.isEmpty && found.outward.count + found.executed.count == 2, "\(found)")
    }

    @Test(
        "Repositories are found even above the limit of entries",
        arguments: ["a", ".git", ".git/objects"])
    func tooMany(place: String) throws {
        try Fixture.directory { directory in
            try Fixture.shell("cd \"$1\"; git init -q .; mkdir -p a z", directory.string)
            usleep(30_000)
            let start = Moment(before: Fixture.moment())
            usleep(20_000)
            try Fixture.shell(
                """
                cd "$1"; for d in $(seq 1 60); do mkdir \(place)/$d; seq -f "\(place)/$d/%.0f" 1 60; done | xargs touch
                git init -q z; echo > .git/hooks/pre-push
                """, directory.string)
            let found = ChangeReport(
                directory, since: start, repositories: [directory.appending(".git")], limits: ReportLimits(entries: 300)
            )
            #expect(found.followed.first.contains("z/.git/  (a git repository)"), "\(found.followed.first)")
            #expect(found.executed.first == [".git/hooks/pre-push  (a hook)"])
            #expect(!found.gaps.isEmpty && found.gaps.count == found.gaps.lines.count)
        }
    }
}
