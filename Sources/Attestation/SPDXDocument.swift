// SPDX-License-Identifier: Apache-2.0

import Core
import Lockfile
import OCI
import Signing

/// The bill of materials of an image in SPDX 2.3: every package of the lock with the digest of its .deb, the source
/// packages, and the coding agent. The output is deterministic.
///
/// The project's own files below `image/rootfs` and the files that maintainer scripts wrote during configuration are
/// not listed: they belong to the package of the image itself.
package struct SPDXDocument: Sendable {
    /// The predicate type of the statement, `spdxjson` in cosign.
    package static let predicateType = "https://spdx.dev/Document"

    /// The document.
    package let json: JSONValue

    /// Creates the document of an image.
    ///
    /// - Parameter tool: The name of the program that writes it, such as `opencode-docker-1.4.3`.
    package init(_ image: AttestedImage, tool: String) {
        let root = SPDXPackage.root(image)
        let packages = image.packages.map { SPDXPackage.debian($0, of: image) }
        let sources = SPDXPackage.sources(of: image)
        let artifacts = image.artifacts.map { SPDXPackage.artifact($0, of: image) }
        let relationships = SPDXRelationships(image, root: root, packages: packages, artifacts: artifacts)
        var members: [String: JSONValue] = [
            "spdxVersion": .string("SPDX-2.3"), "dataLicense": .string("CC0-1.0"),
            "SPDXID": .string("SPDXRef-DOCUMENT"), "name": .string("\(image.name)-\(image.version)"),
            "creationInfo": .object([
                "created": .string(Timestamp(seconds: image.lock.epoch).description),
                "creators": .array([.string("Organization: \(image.vendor)"), .string("Tool: \(tool)")]),
            ]),
            "packages": .array(([root] + packages + artifacts + sources).map(\.json)),
            "relationships": .array(relationships.json),
        ]
        // Unique and deterministic (SPDX 2.3, section 6.5); tools recognize "image" in the namespace.
        let identity = Digest(of: JSONValue.object(members).canonical()).uuid
        let name = "\(image.name)-\(image.version)-\(image.platform.architecture)-\(identity)"
        // Documents without a homepage use SPDX's namespace (same section).
        let base = image.homepage.isEmpty ? "https://spdx.org/spdxdocs" : "\(image.homepage)/spdx"
        members["documentNamespace"] = .string("\(base)/image/\(name)")
        json = .object(members)
    }

    /// The document as text.
    package var text: String { json.pretty() }

    /// The statement with this predicate for the manifest `digest`.
    package func statement(about digest: Digest) -> Statement {
        Statement(subjects: [.init(digest: digest)], predicateType: Self.predicateType, predicate: json)
    }
}

extension Digest {
    /// A UUID of the first 128 bits (RFC 9562 section 5.8, version 8).
    var uuid: String {
        var digits = Array(hex.utf8.prefix(32))
        digits[12] = UInt8(ascii: "8")
        digits[16] = UInt8(ascii: "a")
        let text = String(decoding: digits, as: UTF8.self)
        var (parts, rest) = ([Substring](), text[...])
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }
}
