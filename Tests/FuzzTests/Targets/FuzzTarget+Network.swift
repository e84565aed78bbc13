// SPDX-License-Identifier: Apache-2.0

import Egress

extension FuzzTarget {
    /// The parser of a target about the network.
    var network: ([UInt8]) throws -> Void {
        if case .networkRule = self { return Self.networkRule }
        return Self.proxyRequest
    }

    /// What a container sends to the proxy: what is sent on has one head, for the destination that was decided about.
    private static func proxyRequest(_ bytes: [UInt8]) throws {
        if case .complete(let destination, let length) = SOCKSMessage.request(bytes) {
            try expect(length <= bytes.count && Destination(destination.text) == destination, "another destination")
        }
        if case .complete(_, let length) = SOCKSMessage.greeting(bytes) {
            try expect(length <= bytes.count, "too long")
        }
        guard let end = HTTPRequestHead.end(in: bytes), let head = try? HTTPRequestHead(Array(bytes[..<end])) else {
            return
        }
        try expect(Destination(head.destination.text) == head.destination, "another destination")
        guard let forwarded = head.forwarded else { return }
        try expect(HTTPRequestHead.end(in: forwarded) == forwarded.count, "the head ends early")
        let lines = String(decoding: forwarded, as: UTF8.self).split(separator: "\r\n")
        let hosts = lines.filter { $0.lowercased().hasPrefix("host:") }
        let host = head.destination.port == 80 ? head.destination.host.text : head.destination.text
        try expect(hosts == ["Host: \(host)"] && lines.count > 2, "another host: \(hosts)")
        try expect(!forwarded.contains(0) && lines.allSatisfy { !$0.contains("\n") }, "an odd line")
    }

    /// The text of rules gives the same rules, and none of them covers a reserved address that it does not name.
    private static func networkRule(_ bytes: [UInt8]) throws {
        let rules = try NetworkRule.rules([String(decoding: bytes, as: UTF8.self)])
        let own = rules.filter { $0.origin == .option }
        guard !own.isEmpty else { return }
        let again = try NetworkRule.rules([own.map(\.text).joined(separator: ",")])
        try expect(again == own, "other rules: \(own.map(\.text))")
    }
}
