// SPDX-License-Identifier: Apache-2.0

import Engine
import ImageDefinition
import Lockfile
import Run
import Verify

extension FuzzTarget {
    /// A parsed lock is written as the same lock, and always with the same bytes.
    static func lock(_ bytes: [UInt8]) throws {
        let lock = try VersionsLock(parsing: bytes, file: "versions.lock")
        let text = lock.serialized()
        let again = try VersionsLock(parsing: text, file: "versions.lock")
        try expect(again == lock && again.serialized() == text, "the written lock differs")
    }

    static func definition(_ bytes: [UInt8]) throws {
        _ = try ImageDefinition(parsing: String(decoding: bytes, as: UTF8.self), file: "image.yaml")
    }

    static func hardening(_ bytes: [UInt8]) throws {
        // Filters are other files of the same directory, which has none.
        try withFile(bytes) { _ = try HardeningDefinition.load(file: $0, named: "hardening.yaml") }
    }

    static func filter(_ bytes: [UInt8]) throws {
        let filter = try SystemCallFilter(bytes, of: "standard")
        for (call, access) in filter.calls { try expect(filter.access(to: call) == access, "\(call) has two answers") }
    }

    static func probeOutput(_ bytes: [UInt8]) throws { _ = try ProbeOutput.parse(bytes, from: .agent) }

    /// Only GitHub's own keys give no difference, so a mutated input gives none only when the keys are intact.
    static func hostKeys(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        _ = ImagePolicy.hostKeys(text)
    }

    /// Only signatures of the forwarded key pass the proxy, and only the requested kind of the ssh-agent's answers.
    static func agent(_ bytes: [UInt8]) throws {
        let key = Array("the key".utf8)
        let filter = AgentFilter(allowed: [key])
        if case .pass(let question) = filter.judge(bytes) {
            let kinds: Set<UInt8> = [11, 13, 27]
            try expect(bytes.first.map(kinds.contains) == true, "a request of kind \(bytes.first ?? 0) was forwarded")
            if case .signature = question {
                try expect(bytes.dropFirst().starts(with: [0, 0, 0, 7] + key), "a signature of another key")
            }
        }
        let listed = AgentKey.list(filter.answer(bytes, to: .identities)) ?? []
        try expect(listed.allSatisfy { $0.blob == key }, "a key that is not forwarded")
        try expect([5, 14].contains(filter.answer(bytes, to: .signature(purpose: "")).first), "no signature")
        try expect([[5], [6]].contains(filter.answer(bytes, to: .binding)), "no answer to a binding")
    }
}
