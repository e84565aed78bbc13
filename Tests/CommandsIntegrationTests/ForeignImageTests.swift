// SPDX-License-Identifier: Apache-2.0

import SystemPackage
import Testing

extension EndToEnd {
    /// The whole image for another processor: minutes under qemu, so `make test TARGETS=CommandsIntegrationTests` has
    /// it.
    @Suite(.serialized, .enabled(if: ForeignMachine.isPossible))
    struct ForeignImageTests {
        @Test("the image for arm64 is built and keeps every claim, and a second machine gets the same bits")
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
