// SPDX-License-Identifier: Apache-2.0

import SystemPackage
import Testing

extension EndToEnd {
    /// The full image for another architecture: it takes minutes under qemu, so only `make test
    /// TARGETS=CommandsIntegrationTests` runs it.
    @Suite(.serialized, .enabled(if: ForeignMachine.isPossible))
    struct ForeignImageTests {
        @Test("The arm64 image is built reproducibly and every claim holds")
        func whole() async throws {
            let store = try await Harness.shared.warmStore("foreign", layers: false)
            let platform = ["--base", "--platform", "linux/arm64"]
            try await ForeignMachine.with {
                let build = try await Harness.run(["build"] + platform, store: store)
                #expect(build.status == 0, "\(build.error)")
                let verify = try await Harness.run(["verify"] + platform, store: store)
                #expect(verify.status == 0, "\(verify.output)\n\(verify.error)")
                #expect(verify.output.contains("\(build.lastLine)\n"))
                let again = try await Harness.run(["reproduce"] + platform, store: store)
                #expect(again.status == 0 && again.lastLine == build.lastLine, "\(again.output)\(again.error)")
            }
        }
    }
}
