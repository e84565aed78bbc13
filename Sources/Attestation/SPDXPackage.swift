// SPDX-License-Identifier: Apache-2.0

import Core
import Lockfile
import OCI

/// A package of an SPDX document (SPDX 2.3, section 7).
struct SPDXPackage {
    let identifier: String
    let json: JSONValue

    /// Replaces characters that are not allowed in an SPDX identifier: letters, digits, `.` and `-` are (section 7.2).
    private static func identifier(_ kind: String, _ name: String) -> String {
        let plain = name.replacing("+", with: ".plus").map {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-"
        }
        return "SPDXRef-\(kind)-\(String(plain))"
    }

    /// Creates a package with the fields that every package has; facts that the lock does not contain are NOASSERTION.
    private init(identifier: String, name: String, version: String, _ more: [String: JSONValue]) {
        self.identifier = identifier
        let unknown = JSONValue.string("NOASSERTION")
        let fields: [String: JSONValue] = [
            "SPDXID": .string(identifier), "name": .string(name), "versionInfo": .string(version),
            "downloadLocation": unknown, "filesAnalyzed": .bool(false), "licenseConcluded": unknown,
            "licenseDeclared": unknown, "copyrightText": unknown,
        ]
        json = .object(fields.merging(more) { _, new in new })
    }

    private static func checksums(_ digest: Digest) -> JSONValue {
        .array([.object(["algorithm": .string("SHA256"), "checksumValue": .string(digest.hex)])])
    }

    /// The names that scanners match advisories by.
    private static func references(_ url: PackageURL, cpe: String? = nil, _ version: String = "") -> JSONValue {
        func reference(_ category: String, _ type: String, _ locator: String) -> JSONValue {
            .object([
                "referenceCategory": .string(category), "referenceType": .string(type),
                "referenceLocator": .string(locator),
            ])
        }
        let names = cpe.map { reference("SECURITY", "cpe23Type", "cpe:2.3:a:\($0):\(version):*:*:*:*:*:*:*") }
        return .array([reference("PACKAGE-MANAGER", "purl", url.description)] + [names].compactMap(\.self))
    }

    /// The image itself.
    static func root(_ image: AttestedImage) -> SPDXPackage {
        var fields: [String: JSONValue] = [
            "primaryPackagePurpose": .string("CONTAINER"), "supplier": .string("Organization: \(image.vendor)"),
            "externalRefs": references(image.packageURL),
        ]
        if let manifest = image.manifest { fields["checksums"] = checksums(manifest) }
        let exclusions = image.lock.choices.exclusions.map { "\($0.name) is left out: \($0.reason)" }
        if !exclusions.isEmpty { fields["comment"] = .string(exclusions.joined(separator: "\n")) }
        return SPDXPackage(
            identifier: identifier("Image", image.name), name: image.name, version: image.version, fields)
    }

    /// A Debian package.
    static func debian(_ package: LockedPackage, of image: AttestedImage) -> SPDXPackage {
        var fields: [String: JSONValue] = [
            "supplier": .string(supplier(of: [package])),
            "downloadLocation": .string(image.address(of: package) ?? "NOASSERTION"),
            "checksums": checksums(package.sha256),
            "externalRefs": references(image.packageURL(of: package)),
            "sourceInfo": .string("built from \(package.source.text) \(package.sourceVersion.text)"),
        ]
        if let pin = image.lock.choices.pins.first(where: { $0.name == package.name }) {
            fields["comment"] = .string(pin.warning ?? "\(pin.name) is pinned at \(pin.version).")
        }
        return SPDXPackage(
            identifier: debian(package.name.text), name: package.name.text, version: package.version.text, fields)
    }

    static func debian(_ name: String) -> String { identifier("deb", name) }

    /// The source packages of the Debian packages. They have no package URL: a scanner would count every advisory
    /// twice.
    static func sources(of image: AttestedImage) -> [SPDXPackage] {
        let sources = Dictionary(grouping: image.packages) { [$0.source.text, $0.sourceVersion.text] }
        return sources.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { source, packages in
            SPDXPackage(
                identifier: self.source(source[0], source[1]), name: source[0], version: source[1],
                ["primaryPackagePurpose": .string("SOURCE"), "supplier": .string(supplier(of: packages))])
        }
    }

    /// The supplier of the packages or of their source; NOASSERTION for local files.
    private static func supplier(of packages: [LockedPackage]) -> String {
        if packages.contains(where: \.isDebian) { return "Organization: Debian" }
        return packages.first { !$0.isLocal }.map { "Organization: \($0.base)" } ?? "NOASSERTION"
    }

    static func source(_ name: String, _ version: String) -> String { identifier("source", "\(name)-\(version)") }

    /// An artifact that is not a Debian package.
    static func artifact(_ artifact: LockedArtifact, of image: AttestedImage) -> SPDXPackage {
        let facts = image.origins[artifact.name]
        var fields: [String: JSONValue] = [
            "downloadLocation": .string(artifact.url), "checksums": checksums(artifact.sha256),
            "externalRefs": references(image.packageURL(of: artifact), cpe: facts?.cpe, artifact.version),
            "primaryPackagePurpose": .string("APPLICATION"),
        ]
        if let license = facts?.license { fields["licenseDeclared"] = .string(license) }
        if let homepage = facts?.homepage { fields["homepage"] = .string(homepage) }
        return SPDXPackage(
            identifier: identifier("artifact", artifact.name), name: artifact.name, version: artifact.version, fields)
    }
}

/// The relationships between the packages of a document (SPDX 2.3, section 11).
struct SPDXRelationships {
    let json: [JSONValue]

    init(_ image: AttestedImage, root: SPDXPackage, packages: [SPDXPackage], artifacts: [SPDXPackage]) {
        func relation(_ from: String, _ type: String, _ to: String) -> JSONValue {
            .object([
                "spdxElementId": .string(from), "relationshipType": .string(type), "relatedSpdxElement": .string(to),
            ])
        }
        let contained = (packages + artifacts).map { relation(root.identifier, "CONTAINS", $0.identifier) }
        let built = image.packages.map {
            relation(
                SPDXPackage.debian($0.name.text), "GENERATED_FROM",
                SPDXPackage.source($0.source.text, $0.sourceVersion.text))
        }
        // The lock records one reason for each package, not the whole graph.
        let names = Set(image.packages.map(\.name.text))
        let needed = image.packages.compactMap { package -> JSONValue? in
            let reason = "needed by "
            guard package.reason.hasPrefix(reason) else { return nil }
            let parent = String(package.reason.dropFirst(reason.count))
            guard names.contains(parent) else { return nil }
            return relation(SPDXPackage.debian(parent), "DEPENDS_ON", SPDXPackage.debian(package.name.text))
        }
        json = [relation("SPDXRef-DOCUMENT", "DESCRIBES", root.identifier)] + contained + built + needed
    }
}
