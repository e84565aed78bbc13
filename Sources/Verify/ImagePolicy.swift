// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation

/// Checks of an image that need no container.
package enum ImagePolicy {
    /// The annotation keys of the image specification (image-spec, annotations.md).
    static let specifiedKeys: Set<String> = [
        "created", "authors", "url", "documentation", "source", "version", "revision", "vendor", "licenses", "ref.name",
        "title", "description", "base.digest", "base.name",
    ]

    /// The required keys. The source location is not required, because only a publisher knows it.
    static let neededKeys: Set<String> = ["title", "description", "version", "licenses", "created"]

    /// The defects of the labels: unknown keys with the specification's prefix, and missing or empty required keys.
    package static func labels(_ labels: [String: String]) -> Outcome {
        let prefix = "org.opencontainers.image."
        let keys = Set(labels.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
        let unknown = keys.subtracting(specifiedKeys).sorted().map { "\($0) is not specified" }
        let missing = neededKeys.filter { (labels[prefix + $0] ?? "").isEmpty }.sorted().map { "\($0) is missing" }
        return .list(unknown + missing)
    }

    /// SHA-256 fingerprints of GitHub's SSH host keys, as GitHub publishes them ("GitHub's SSH key fingerprints",
    /// api.github.com/meta).
    static let publishedFingerprints: Set<String> = [
        "uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s", "p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM",
        "+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
    ]

    /// The differences between the keys of `github.com` in a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT)
    /// and the published ones.
    package static func hostKeys(_ knownHosts: String) -> Outcome {
        let found = Set(
            knownHosts.split(separator: "\n").compactMap { line -> String? in
                let words = line.split(separator: " ")
                guard words.count >= 3, words[0].split(separator: ",").contains("github.com") else { return nil }
                return fingerprint(String(words[2])) ?? "unreadable"
            })
        return .list(
            found.subtracting(publishedFingerprints).sorted().map { "+\($0)" }
                + publishedFingerprints.subtracting(found).sorted().map { "-\($0)" })
    }

    private static func fingerprint(_ key: String) -> String? {
        guard let bytes = Data(base64Encoded: key) else { return nil }
        let hex = Array(Digest(of: bytes).hex.utf8)
        let raw = stride(from: 0, to: hex.count, by: 2).compactMap {
            UInt8(String(decoding: hex[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
        return String(Data(raw).base64EncodedString().prefix { $0 != "=" })
    }
}
