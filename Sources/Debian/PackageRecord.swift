// SPDX-License-Identifier: Apache-2.0

import Core

/// The complete index record of one package.
package struct PackageRecord: Hashable, Sendable {
    /// Its name.
    package let name: PackageName
    /// Its version.
    package let version: DebianVersion
    /// `amd64`, `arm64` or `all`.
    package let architecture: String
    /// The name of its source package (Debian Policy 5.6.1, `Source`).
    package let source: PackageName
    /// The version of the source, which differs from the package's for binary rebuilds.
    package let sourceVersion: DebianVersion
    /// The digest of the .deb.
    package let sha256: Digest
    /// The size of the .deb in bytes.
    package let size: UInt64
    /// The path of the .deb below the archive's base.
    package let path: String
    /// `required` to `extra` (Debian Policy 2.5); empty when it is missing.
    let priority: String
    /// Whether it is essential (Debian Policy 3.8).
    package let isEssential: Bool
    /// The installed size in KiB (Debian Policy 5.6.20); 0 when it is missing.
    package let installedSize: UInt64
    /// The archive of the index.
    package let archive: String
}

extension PackageUniverse {
    /// Reads the whole record of a version.
    ///
    /// - Throws: `DebianError` when a field is missing or invalid.
    func record(_ number: Int32) throws(DebianError) -> PackageRecord {
        do { return try record(number, line: 1) } catch {
            // Lines are only counted for an error.
            let version = versions[Int(number)]
            let before = indices[Int(version.file)].bytes[..<version.paragraph]
            return try record(number, line: 1 + before.count { $0 == UInt8(ascii: "\n") })
        }
    }

    private func record(_ number: Int32, line: Int) throws(DebianError) -> PackageRecord {
        let version = versions[Int(number)]
        let index = indices[Int(version.file)]
        let bytes = index.bytes[version.paragraph..<version.paragraphEnd]
        guard let fields = try ControlParagraph.parse(bytes, file: index.file, firstLine: line).first else {
            throw .missingField("Package", file: index.file, line: line)
        }
        return try PackageRecord(fields, file: index.file, archive: index.archive)
    }
}

extension PackageRecord {
    /// Reads the fields of an index paragraph.
    ///
    /// - Throws: `DebianError` when a field is missing or invalid.
    package init(_ fields: ControlParagraph, file: String, archive: String) throws(DebianError) {
        func malformed(_ field: String) -> DebianError {
            .malformedField(
                "\(field) in the package '\((fields["Package"] ?? "").prefix(80))'",
                value: String((fields[field] ?? "").prefix(120)), file: file, line: fields.line)
        }
        self.archive = archive
        guard let name = try? PackageName(try fields.required("Package", file: file)) else {
            throw malformed("Package")
        }
        self.name = name
        guard let version = try? DebianVersion(try fields.required("Version", file: file)) else {
            throw malformed("Version")
        }
        self.version = version
        architecture = try fields.required("Architecture", file: file)
        guard let digest = try? Digest(hex: try fields.required("SHA256", file: file)) else {
            throw malformed("SHA256")
        }
        sha256 = digest
        guard let size = UInt64(try fields.required("Size", file: file)) else { throw malformed("Size") }
        self.size = size
        // A flat repository may write "./name.deb".
        path = String(try fields.required("Filename", file: file).trimmingPrefix("./"))
        guard PackageRecord.isPoolPath(path) else { throw malformed("Filename") }
        priority = fields["Priority"] ?? ""
        isEssential = fields["Essential"] == "yes"
        guard let installed = UInt64(fields["Installed-Size"] ?? "0") else { throw malformed("Installed-Size") }
        installedSize = installed
        (source, sourceVersion) = try PackageRecord.source(fields["Source"], name, version)
    }

    /// Parses `Source: name (version)`; a missing part is the binary package's own.
    private static func source(
        _ field: String?, _ name: PackageName, _ version: DebianVersion
    ) throws(DebianError) -> (PackageName, DebianVersion) {
        guard let field else { return (name, version) }
        let parts = field.split(maxSplits: 1, whereSeparator: \.isWhitespace)
        guard let first = parts.first else { return (name, version) }
        guard parts.count > 1 else { return (try PackageName(first), version) }
        return (try PackageName(first), try DebianVersion(parts[1].trimmingPrefix("(").prefix { $0 != ")" }))
    }

    /// Whether a path stays below the archive's base and needs little quoting in a URL.
    package static func isPoolPath(_ path: String) -> Bool {
        path.utf8.count <= 1024 && path.utf8.first != UInt8(ascii: "/")
            && path.utf8.allSatisfy { isAlphanumeric($0) || isOneOf($0, "/.+-~_:%") }
            && path.split(separator: "/", omittingEmptySubsequences: false)
                .allSatisfy { $0 != ".." && $0 != "." && !$0.isEmpty }
    }
}
