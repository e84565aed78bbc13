// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile

/// A package file of the definition's, which is in the store.
package struct LocalPackageFile: Sendable, Hashable {
    /// Its path below the definition's directory.
    package let path: String
    /// Its digest.
    package let digest: Digest
    /// Its bytes.
    package let size: UInt64
    /// What it says of itself.
    let control: ControlParagraph
    /// Its name.
    package let name: PackageName
    /// `amd64`, `arm64` or `all`.
    package let architecture: String

    /// Reads the control part of a file in `store`.
    ///
    /// - Throws: `DebPackageError`, `DebianError`, `ArchiveError`, `FileError`.
    package init(path: String, digest: Digest, size: UInt64, in store: Store) throws {
        let deb = try DebPackage(file: store.path(of: digest))
        guard let control = try ControlParagraph.parse(deb.control, file: path).first else {
            throw DebianError.missingField("Package", file: path, line: 1)
        }
        name = try PackageName(try control.required("Package", file: path))
        architecture = try control.required("Architecture", file: path)
        (self.path, self.digest, self.size, self.control) = (path, digest, size, control)
    }

    /// As an index would have it.
    fileprivate var paragraph: String {
        let own = ["filename", "size", "sha256", "md5sum", "sha1", "sha512", "status"]
        let fields = control.fields.filter { !own.contains($0.name.lowercased()) }.map { field in
            "\(field.name): \(field.value.replacing("\n", with: "\n "))\n"
        }
        return fields.joined() + "Filename: \(path)\nSize: \(size)\nSHA256: \(digest.hex)\n\n"
    }
}

extension Resolver {
    /// An index of the definition's own files; `nil` without any.
    func localIndex(_ files: [LocalPackageFile]) throws -> PackagesIndex? {
        if files.isEmpty { return nil }
        let text = files.map(\.paragraph).joined()
        return PackagesIndex(
            archive: LockedPackage.localBase, file: "the definition's packages", bytes: Array(text.utf8),
            standing: .local)
    }

    /// The names of the files for an architecture: each is asked for.
    func localNames(_ files: [LocalPackageFile], for architecture: Architecture) -> [PackageName] {
        files.filter { ["all", architecture.rawValue].contains($0.architecture) }.map(\.name)
    }
}
