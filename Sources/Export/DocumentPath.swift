// SPDX-License-Identifier: Apache-2.0

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
        return try checked((up.isEmpty ? ["."] : up) + below)
    }

    /// The path of `file` below `directory`, without a prefix; `nil` when it is elsewhere.
    ///
    /// - Throws: `ExportError.unusablePath`.
    package static func inside(_ file: FilePath, of directory: FilePath) throws(ExportError) -> String? {
        let path = try relative(file, to: directory)
        return path.hasPrefix("./") ? String(path.dropFirst(2)) : nil
    }

    private static func checked(_ names: [String]) throws(ExportError) -> String {
        let path = names.joined(separator: "/")
        guard path.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else { throw .unusablePath(path) }
        return path
    }
}
