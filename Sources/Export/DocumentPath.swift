// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Paths as a document names them.
package enum DocumentPath {
    /// The path of `file` seen from `directory`: with `./` below it, with `../` beside it. Both are absolute, and no
    /// file is read.
    ///
    /// - Throws: `ExportError.unusablePath`.
    package static func relative(_ file: FilePath, to directory: FilePath) throws(ExportError) -> String {
        let (file, directory) = (file.lexicallyNormalized(), directory.lexicallyNormalized())
        let (names, base) = (Array(file.components), Array(directory.components))
        let shared = zip(names, base).prefix { $0 == $1 }.count
        let up = Array(repeating: "..", count: base.count - shared)
        let below = names[shared...].map(\.string)
        guard names.allSatisfy({ String(validating: $0) != nil }) else { throw .unusablePath(file.string) }
        return try checked(((up.isEmpty ? ["."] : up) + below).joined(separator: "/"))
    }

    /// The path of `file` below `directory`, without a prefix; `nil` when it is elsewhere.
    ///
    /// - Throws: `ExportError.unusablePath`.
    package static func inside(_ file: FilePath, of directory: FilePath) throws(ExportError) -> String? {
        let path = try relative(file, to: directory)
        return path.hasPrefix("./") ? String(path.dropFirst(2)) : nil
    }

    /// The whole path of an absolute `file`.
    ///
    /// - Throws: `ExportError.unusablePath`.
    package static func absolute(_ file: FilePath) throws(ExportError) -> String {
        let file = file.lexicallyNormalized()
        guard let path = String(validating: file) else { throw .unusablePath(file.string) }
        return try checked(path)
    }

    /// The name of `file` without its directory.
    ///
    /// - Throws: `ExportError.unusablePath`.
    package static func name(_ file: FilePath) throws(ExportError) -> String {
        let file = file.lexicallyNormalized()
        guard let name = file.lastComponent.flatMap(String.init(validating:)) else {
            throw .unusablePath(file.string)
        }
        return try checked(name)
    }

    private static func checked(_ path: String) throws(ExportError) -> String {
        guard path.isWritableInDocuments else { throw .unusablePath(path) }
        return path
    }
}

extension String {
    /// Whether every form can contain the text, in a comment as well: no control characters, no character that one of
    /// the languages takes for the end of a line or of the text, and no replacement of bytes that are not UTF-8.
    package var isWritableInDocuments: Bool {
        unicodeScalars.allSatisfy {
            switch $0.value {
            case 0..<32, 127...159, 0x2028, 0x2029, 0xFEFF, 0xFFFD...0xFFFF: false
            default: true
            }
        }
    }
}
