// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The addresses that a URI of sources.list(5) stands for: itself, or those in a list of mirrors
/// (apt-transport-mirror(1)), which Debian's cloud images have.
enum MirrorList {
    /// Why a URI gives no address.
    struct Unusable: Error, Hashable {
        let reason: String
    }

    private static let limit = 1 << 16

    /// The addresses that a download can come from, without a slash at the end.
    static func addresses(of uri: String) -> Result<[String], Unusable> {
        if isAddress(uri) { return .success([trimmed(uri)]) }
        guard let path = file(of: uri) else {
            let method = uri.prefix { $0 != ":" }
            return .failure(Unusable(reason: "only apt itself downloads by the method '\(method.prefix(40))'"))
        }
        guard let bytes = try? Files.read(path, limit: limit) else {
            return .failure(Unusable(reason: "the list of mirrors '\(path)' cannot be read"))
        }
        let addresses = parse(String(decoding: bytes, as: UTF8.self))
        return addresses.isEmpty
            ? .failure(Unusable(reason: "the list of mirrors '\(path)' has none to download from"))
            : .success(addresses)
    }

    /// The mirrors of a list, those of the lowest `priority` first, without one last; the other metadata only limits
    /// what a mirror is asked for.
    static func parse(_ text: String) -> [String] {
        let mirrors = text.split(whereSeparator: \.isNewline).compactMap { line -> (address: String, priority: Int)? in
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let address = words.first, isAddress(String(address)) else { return nil }
            let priority = words.dropFirst().first { $0.hasPrefix("priority:") }?.dropFirst("priority:".count)
            return (trimmed(String(address)), priority.flatMap { Int($0) } ?? .max)
        }
        // A stable order: those of one priority stay as they are written.
        return mirrors.enumerated()
            .sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }.map(\.element.address)
    }

    /// The file of `mirror+file:/path` or `mirror+copy:/path`, with or without an empty host.
    private static func file(of uri: String) -> FilePath? {
        for method in ["mirror+file:", "mirror+copy:"] where uri.hasPrefix(method) {
            let path = uri.dropFirst(method.count)
            return path.hasPrefix("/") ? FilePath(String(path.hasPrefix("//") ? path.dropFirst(2) : path)) : nil
        }
        return nil
    }

    private static func isAddress(_ text: String) -> Bool {
        text.hasPrefix("http://") || text.hasPrefix("https://") || text.hasPrefix("file:/")
    }

    private static func trimmed(_ address: String) -> String {
        String(address.hasSuffix("/") ? address.dropLast() : address[...])
    }
}
