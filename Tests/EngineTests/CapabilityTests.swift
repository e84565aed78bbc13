// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Testing

@Suite struct CapabilityTests {
    /// Compared with the kernel's own header.
    @Test func bitsAreTheKernels() throws {
        let header = try Files.read("/usr/include/linux/capability.h", limit: 1 << 20)
        var kernel: [String: Int] = [:]
        for line in String(decoding: header, as: UTF8.self).split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 3, words[0] == "#define", words[1].hasPrefix("CAP_"), let bit = Int(words[2]) else {
                continue
            }
            kernel[String(words[1])] = bit
        }
        let own = Dictionary(uniqueKeysWithValues: Capability.allCases.map { ($0.kernelName, $0.bit) })
        #expect(own == kernel)
    }

    @Test func theFourOfTheStandardProfile() {
        let four: Set<Capability> = [.chown, .fileOwner, .setGroupID, .setUserID]
        #expect(four.mask == 0xc9)
        #expect(four.kernelNames == ["CAP_CHOWN", "CAP_FOWNER", "CAP_SETGID", "CAP_SETUID"])
    }
}
