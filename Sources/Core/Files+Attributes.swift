// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

extension Files {
    /// The names of the extended attributes of a file (xattr(7)), sorted; a symbolic link is not followed. On a file
    /// system without attributes there are none.
    ///
    /// - Throws: `FileError`.
    package static func attributes(of file: FilePath) throws -> [String] {
        var names = [CChar](repeating: 0, count: 1 << 16)
        let size = file.withPlatformString { clinux_list_attributes($0, &names, names.count) }
        guard size >= 0 else {
            if [ENOTSUP, EPERM].contains(errno) { return [] }
            throw FileError("list the attributes of", file, Errno(rawValue: errno))
        }
        return names.prefix(size).split(separator: 0).map {
            String(decoding: $0.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        .sorted()
    }
}
