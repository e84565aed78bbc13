// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// The messages when a package's script fails, or when another build uses the store.
    @Suite(.serialized)
    struct FailingScriptTests {
        @Test("A failing postinst: package, script, status, its last lines, and the complete log")
        func postinst() async throws {
            let script = "#!/bin/sh\\nfor i in $(seq 60); do echo line $i; done\\necho no thing here >&2\\nexit 3\\n"
            let planted = try await PlantedPackage.plant(
                "less", named: "fails", change: "printf '\(script)' > DEBIAN/postinst")
            let ending = try await planted.run(["build", "--base", "--quiet"])
            #expect(ending.status == 2 && ending.output == "")
            let log = planted.store.pushing(FilePath("logs/configure-\(Harness.architecture).log"))
            var expected = ["error: The postinst script of 'less' failed with status 3."]
            for number in 22...60 { expected.append("  line \(number)") }
            expected.append("  no thing here")
            expected.append("hint: Everything that the packages' scripts and dpkg printed is in '\(log)'.")
            #expect(Self.lines(ending) == expected)
            let written = String(decoding: try Files.read(log, limit: 1 << 24), as: UTF8.self)
            #expect(written.contains("\nline 1\n") && written.contains("Errors were encountered"))
        }

        @Test("a preinst that fails")
        func preinst() async throws {
            let planted = try await PlantedPackage.plant(
                "less", named: "fails-early",
                change: "printf '#!/bin/sh\\necho no group\\nexit 7\\n' > DEBIAN/preinst; chmod 755 DEBIAN/preinst")
            let ending = try await planted.run(["build", "--base", "--quiet"])
            #expect(ending.status == 2)
            #expect(Self.lines(ending).first == "error: The preinst script of 'less' failed with status 7.")
            #expect(ending.error.contains("\n  no group\n"))
        }

        @Test("a postinst that starts processes without end")
        func forkBomb() async throws {
            let planted = try await PlantedPackage.plant(
                "less", named: "bomb", change: "printf '#!/bin/bash\\n:(){ :|:& };:\\nsleep 600\\n' > DEBIAN/postinst")
            let ending = try await planted.run(["build", "--base", "--quiet"])
            #expect(ending.status == 2)
            #expect(
                Self.lines(ending).first
                    == "error: Configuring the packages was ended because it had 4096 processes, while the postinst script of 'less' ran."
            )
        }

        /// The lines on standard error, without the warning that the small image has no tini and no s6.
        private static func lines(_ ending: Ending) -> [String] {
            ending.error.split(separator: "\n").filter { !$0.hasPrefix("warning: The image lacks") }.map(String.init)
        }

        @Test("Another build in the same store is reported after a second")
        func waiting() async throws {
            let store = try await SmallImage.shared.coldStore("waiting")
            let ending = try await SmallImage.run(
                ["build", "--base"], store: store,
                script: """
                    mkdir -p "$OPENCODE_DOCKER_STORE/locks"
                    flock "$OPENCODE_DOCKER_STORE/locks/build" \\
                        sh -c 'echo 4321 > "$OPENCODE_DOCKER_STORE/locks/build"; sleep 3' &
                    sleep 0.5; exec "$PROGRAM" "$@"
                    """)
            #expect(ending.status == 0, "\(ending.error)")
            #expect(ending.error.contains("Waiting for process 4321, which builds in the same store ("))
        }
    }
}
