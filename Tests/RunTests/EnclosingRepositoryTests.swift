// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage
import Testing

@Suite("The repository around a directory")
struct EnclosingRepositoryTests {
    /// The repository around `p/sub/deep`, relative to the fixture's directory; `nil` when there is none.
    private func found(_ script: String, protecting place: String = "no") throws -> (path: String, isMountable: Bool)? {
        try Fixture.directory { directory in
            try Fixture.shell("cd \"$1\"; mkdir -p p/sub/deep elsewhere; \(script)", directory.string)
            let protected = ProtectedPaths(home: directory.appending(place))
            return EnclosingRepository(above: directory.pushing("p/sub/deep"), protected: protected).map {
                ($0.workTree.string.replacing(directory.string, with: ""), $0.isMountable)
            }
        }
    }

    @Test(
        "It is the nearest one that git would use",
        arguments: [
            ("git init -q p", "/p"), ("git init -q p; git init -q p/sub", "/p/sub"),
            ("git init -q p/sub/deep; git init -q p", nil), ("git init -q --bare p/sub/deep; git init -q p", nil),
            ("true", nil), ("mkdir p/.git", nil), ("git init -q p; mkdir p/sub/.git", "/p"),
            ("git init -q p; mkfifo p/sub/.git", "/p"), ("git init -q p; ln -s /nowhere p/sub/.git", "/p"),
            ("git init -q p; : > p/sub/.git", "/p"), ("echo 'gitdir: ../../elsewhere' > p/sub/.git", "/p/sub"),
            ("git init -q elsewhere; ln -s ../elsewhere/.git p/.git", nil),
        ])
    func nearest(script: String, expected: String?) throws {
        #expect(try found(script)?.path == expected)
    }

    @Test("A directory that is never mounted is marked", arguments: [("p", false), ("no", true)])
    func mountable(home: String, isMountable: Bool) throws {
        #expect(try found("git init -q p", protecting: home)?.isMountable == isMountable)
    }
}
