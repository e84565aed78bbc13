// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// What the caller has set up on the machine, and how a container meets it.
extension RunCheck {
    /// A subdirectory of a repository: one line without a terminal, a question on one, asked once.
    @Sendable static func subdirectory(_ harness: RunHarness) async throws {
        let inside = "[ -d .git ] && echo whole || echo part"
        let ask = """
            mkdir -p sub; chown "$1:$1" sub; cd sub; "$PROGRAM" run --network none -- sh -c "$2"
            for answer in y n y; do
                echo "$answer" | script -qec '"$PROGRAM" run --network none -- sh -c "$INSIDE"' /dev/null | tr -d '\\r' > out
                grep -c 'Use it as the project' out; grep -oE 'whole|part' out; rm out
            done
            """
        let ending = try await harness.host(ask, ["\(RunHarness.owner)", inside], ["INSIDE": inside])
        #expect(ending.output == "part\n1\nwhole\n1\npart\n0\npart\n", "\(harness.engine) \(ending.output)")
        #expect(
            ending.error.contains("the repository begins at '\(harness.project)'. To include it: `--project"),
            "\(harness.engine) \(ending.error)")
    }

    /// Directories that the caller cannot write to are read-only, with one line.
    @Sendable static func unwritable(_ harness: RunHarness) async throws {
        let attempt = "git log --format=%s; { echo x > f; } 2> /dev/null || echo held"
        for (close, reason) in [
            ("chmod -R a-w .", "chmod u+w"),
            ("mount --bind . . && mount -o remount,ro,bind .", "its file system is"),
        ] {
            try await Shell.must("cd \"$1\"; \(close)", [harness.project.string])
            let ending = try await harness.host(
                "\"$PROGRAM\" run --network none --project \"$PWD\" -- sh -c \"$1\"", [attempt])
            try await Shell.must(
                "cd /; umount \"$1\" 2> /dev/null; cd \"$1\"; chmod -R u+w .", [harness.project.string])
            #expect(ending.output == "first\nheld\n", "\(harness.engine) \(close): \(ending.output) \(ending.error)")
            let lines = ending.error.split(separator: "\n").filter { $0.contains("is read-only in the container") }
            #expect(lines.count == 1 && lines[0].contains(reason), "\(harness.engine) \(ending.error)")
        }
    }
}
