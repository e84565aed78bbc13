// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile

/// A local package file of the definition, imported into the store.
package struct LocalPackageFile: Sendable, Hashable {
    /// The path below the definition's directory.
    package let path: String
    /// The digest.
    package let digest: Digest
    /// The size in bytes.
    package let size: UInt64
    /// The control paragraph.
    let control: ControlParagraph
    /// The package name.
    package let name: PackageName
    /// `amd64`, `arm64` or `all`.
    package let architecture: String

    /// Reads the control part of a file in `store`.
    ///
    /// - Throws: `ResolveError.refusedFile` for an invalid file; `FileError`.
    package init(path: String, digest: Digest, size: UInt64, in store: Store) throws {
        let blob = store.path(of: digest)
        do {
            let package = try DebPackage(file: blob)
            control = try Self.control(of: package)
            // The iteration checks the path of each entry.
            try package.forEachEntry { _, _ in }
            name = try PackageName(try control.required("Package", file: Self.title))
            architecture = try control.required("Architecture", file: Self.title)
        } catch let error as any UserFacingError where !(error is FileError) {
            throw ResolveError.refusedFile(path, problem: error.sentence.replacing(blob.string, with: path))
        }
        (self.path, self.digest, self.size) = (path, digest, size)
    }

    /// The name of the control file in errors.
    private static let title = "its control file"

    /// The only paragraph, after checks of the fields that dpkg and the solver use.
    private static func control(of deb: DebPackage) throws(DebianError) -> ControlParagraph {
        func malformed(_ line: Int, _ reason: String) -> DebianError {
            .malformedControl(file: title, line: line, reason: reason)
        }
        if let place = deb.control.firstIndex(of: UInt8(ascii: "\r")) {
            throw malformed(
                1 + deb.control[..<place].count { $0 == UInt8(ascii: "\n") }, "a carriage return ends a line")
        }
        let paragraphs = try ControlParagraph.parse(deb.control, file: title)
        guard let control = paragraphs.first else { throw .missingField("Package", file: title, line: 1) }
        if paragraphs.count > 1 { throw malformed(paragraphs[1].line, "a second paragraph begins") }
        _ = try DebianVersion(try control.required("Version", file: title))
        if let size = control["Installed-Size"], UInt64(size) == nil {
            throw .malformedField(
                "Installed-Size", value: String(size.prefix(120)), file: title,
                line: control.line(of: "Installed-Size"))
        }
        try control.checkAsPackage(file: title)
        return control
    }

    /// Checks that no image gets the same package from two files.
    ///
    /// - Throws: `ResolveError.twoFiles`.
    package static func refuseDuplicates(_ files: [LocalPackageFile]) throws(ResolveError) {
        for (position, one) in files.enumerated() {
            let duplicate = files[(position + 1)...].first { other in
                one.name == other.name
                    && (one.architecture == other.architecture
                        || [one.architecture, other.architecture].contains("all"))
            }
            if let duplicate { throw .twoFiles(one.path, duplicate.path, name: one.name.text) }
        }
    }

    /// The paragraph for an index.
    fileprivate var paragraph: String {
        let own = ["filename", "size", "sha256", "md5sum", "sha1", "sha512", "status"]
        let fields = control.fields.filter { !own.contains($0.name.lowercased()) }.map { field in
            "\(field.name): \(field.value.replacing("\n", with: "\n "))\n"
        }
        return fields.joined() + "Filename: \(path)\nSize: \(size)\nSHA256: \(digest.hex)\n\n"
    }
}

extension Resolver {
    /// The index of local package files; nil when there are none.
    func localIndex(_ files: [LocalPackageFile]) throws -> PackagesIndex? {
        if files.isEmpty { return nil }
        let text = files.map(\.paragraph).joined()
        return PackagesIndex(
            archive: LockedPackage.localBase, file: "the definition's packages", bytes: Array(text.utf8),
            standing: .local)
    }

    /// The names of the local packages for an architecture: all are requested.
    func localNames(_ files: [LocalPackageFile], for architecture: Architecture) -> [PackageName] {
        files.filter { ["all", architecture.rawValue].contains($0.architecture) }.map(\.name)
    }
}
