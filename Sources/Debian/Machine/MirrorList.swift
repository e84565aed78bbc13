// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The URLs that a URI of sources.list(5) stands for: itself, or those of a mirror list (apt-transport-mirror(1)),
/// which Debian's cloud images use.
enum MirrorList {
    /// The reason why a URI has no URL.
    struct Unusable: Error, Hashable {
        let reason: String
    }

    private static let limit = 1 << 16

    /// The URLs to download from, without a trailing slash.
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

    /// The mirrors of a list by ascending `priority`, those without one last; other metadata, which restricts the use
    /// of a mirror, is ignored.
    static func parse(_ text: String) -> [String] {
        let mirrors = text.split(whereSeparator: \.isNewline).compactMap { line -> (address: String, priority: Int)? in
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let address = words.first, isAddress(String(address)) else { return nil }
            let priority = words.dropFirst().first { $0.hasPrefix("priority:") }?.dropFirst("priority:".count)
            return (trimmed(String(address)), priority.flatMap { Int($0) } ?? .max)
        }
        // A stable sort: mirrors of equal priority keep their order.
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
