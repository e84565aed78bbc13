// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Glibc
import SystemPackage

/// The entries of the coding agent's credentials file that are forwarded to a container, and the return of renewed tokens.
///
/// Whoever uses an OAuth token renews it (RFC 6749, section 6), and a provider that rotates refresh tokens refuses the
/// previous one: without a return, the caller would have to sign in again. The container chooses every byte, so nothing
/// but the tokens of a forwarded entry, and the time of their expiry, comes back.
package struct ForwardedCredentials: Hashable, Sendable {
    /// The maximum size of such a file in bytes.
    package static let limit = 1 << 20
    private static let longestToken = 1 << 14
    private static let latest: Int64 = 1 << 53
    /// The fields that come back.
    private static let tokens = ["access", "refresh"]
    private static let expiry = "expires"

    /// The file for the container.
    package let text: [UInt8]
    /// The canonical text of each entry.
    private let entries: [String: [UInt8]]

    /// The entries of `providers` in the caller's file.
    ///
    /// - Parameter file: `nil` when there is none.
    /// - Throws: `RunError.unknownProvider`, `FileError`.
    package init(_ providers: [String], in file: FilePath?) throws {
        let bytes = try file.map { Files.exists($0) ? try Files.read($0, limit: Self.limit) : [] } ?? []
        let all = Self.object(bytes) ?? [:]
        for provider in providers where all[provider] == nil {
            throw RunError.unknownProvider(provider, known: all.keys.sorted())
        }
        let chosen = all.filter { providers.contains($0.key) }
        text = Self.canonical(chosen) ?? Array("{}".utf8)
        entries = chosen.compactMapValues(Self.canonical)
    }

    /// Whether one of the entries has tokens that the agent renews, so that it writes to the file.
    package var isRenewable: Bool { entries.values.contains { Self.isRenewable(Self.object($0)) } }

    /// Writes renewed tokens to the caller's file.
    ///
    /// - Parameters:
    ///   - file: The caller's file, which no container can have created.
    ///   - returned: The contents of the container's file.
    /// - Returns: A sentence for what was written, and for what was not.
    /// - Throws: `FileError`.
    package func giveBack(_ returned: [UInt8], to file: FilePath) throws -> [String] {
        let renewal = Renewal(of: self, by: returned, host: try Files.read(file, limit: Self.limit))
        if let text = renewal.text {
            let place = RealPath.of(file) ?? file
            let status = try Files.status(of: place)
            try Files.write(text, to: place, mode: [.ownerReadWrite])
            lchown(place.string, status.st_uid, status.st_gid)
            chmod(place.string, status.st_mode & 0o777)
        }
        return renewal.sentences
    }

    private static func object(_ bytes: [UInt8]) -> [String: Any]? {
        (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any]
    }

    private static func canonical(_ value: Any) -> [UInt8]? {
        guard JSONSerialization.isValidJSONObject(value) else { return nil }
        return (try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys])).map { Array($0) }
    }

    private static func isRenewable(_ entry: [String: Any]?) -> Bool { entry?["type"] as? String == "oauth" }
}

extension ForwardedCredentials {
    /// What comes back from a container.
    package struct Renewal {
        /// The new text of the caller's file; `nil` when it stays.
        package private(set) var text: [UInt8]?
        /// What was written, and what was not.
        package private(set) var sentences: [String] = []

        /// - Parameters:
        ///   - returned: The contents of the container's file.
        ///   - host: The contents of the caller's file.
        package init(of forwarded: ForwardedCredentials, by returned: [UInt8], host: [UInt8]) {
            guard var file = ForwardedCredentials.object(host),
                let container = ForwardedCredentials.object(Array(returned.prefix(ForwardedCredentials.limit)))
            else { return }
            var renewed: [String] = []
            for (name, known) in forwarded.entries.sorted(by: { $0.key < $1.key }) {
                guard let before = ForwardedCredentials.object(known), ForwardedCredentials.isRenewable(before),
                    let now = container[name] as? [String: Any], ForwardedCredentials.isRenewable(now)
                else { continue }
                let changes = ForwardedCredentials.changes(from: before, to: now)
                guard !changes.isEmpty else { continue }
                guard file[name].flatMap(ForwardedCredentials.canonical) == known else {
                    sentences.append(
                        "The sign-in '\(name)' changed on the host during the run: the token that was renewed in the "
                            + "container is dropped")
                    continue
                }
                file[name] = before.merging(changes) { $1 }
                renewed.append("'\(name)'")
            }
            guard !renewed.isEmpty,
                let data = try? JSONSerialization.data(withJSONObject: file, options: [.prettyPrinted, .sortedKeys])
            else { return }
            text = Array(data) + [UInt8(ascii: "\n")]
            sentences.append("Renewed in the container, and stored on the host: \(renewed.joined(separator: ", "))")
        }
    }

    /// The fields that differ and come back: each was there before, and is a token of printable characters or a time in
    /// milliseconds. Nothing comes back when one of them is malformed, because they belong together.
    private static func changes(from before: [String: Any], to now: [String: Any]) -> [String: Any] {
        var changes: [String: Any] = [:]
        for key in tokens where before[key] is String {
            guard let token = now[key] as? String, !token.isEmpty, token.utf8.count <= longestToken,
                token.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
            else { return [:] }
            if token != before[key] as? String { changes[key] = token }
        }
        guard !changes.isEmpty, let known = before[expiry] as? NSNumber else { return changes }
        guard let time = now[expiry] as? NSNumber, !(now[expiry] is Bool), time.doubleValue == Double(time.int64Value),
            (0...latest).contains(time.int64Value)
        else { return [:] }
        if time != known { changes[expiry] = time.int64Value }
        return changes
    }
}
