// SPDX-License-Identifier: Apache-2.0

import Core

/// A package URL (purl-spec, PURL-SPECIFICATION.rst): scanners match advisories by it.
package struct PackageURL: Hashable, Sendable, CustomStringConvertible {
    /// The kind of package: `deb`, `github`, `oci`, `generic`.
    package let type: String
    /// The namespace before the name; empty when there is none.
    package let namespace: String
    /// The name.
    package let name: String
    /// The version; nil when there is none.
    package let version: String?
    /// Additional qualifiers.
    let qualifiers: [String: String]

    /// Creates a package URL.
    package init(
        type: String, namespace: String = "", name: String, version: String?, qualifiers: [String: String] = [:]
    ) {
        self.type = type
        self.namespace = namespace
        self.name = name
        self.version = version
        self.qualifiers = qualifiers
    }

    /// The canonical form: qualifiers in the order of their keys; all characters except unreserved ones and the colon
    /// are percent-encoded.
    package var description: String {
        let path = (namespace.split(separator: "/").map { Self.escaped(String($0)) } + [Self.escaped(name)])
            .joined(separator: "/")
        let sorted = qualifiers.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        let query = sorted.map { "\($0.key)=\(Self.escaped($0.value))" }.joined(separator: "&")
        return "pkg:\(type)/\(path)" + (version.map { "@\(Self.escaped($0))" } ?? "")
            + (query.isEmpty ? "" : "?\(query)")
    }

    /// Letters, digits and `-._~` are not encoded (RFC 3986 section 2.3), nor is `:`, which Debian's epochs contain.
    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        let bytes = text.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                [byte]
            case _ where "-._~:".utf8.contains(byte): [byte]
            default: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
