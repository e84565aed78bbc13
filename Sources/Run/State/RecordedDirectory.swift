// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// A directory in a record of the state: its identity, and the path that it had, as `DEVICE:INODE PATH`.
struct RecordedDirectory: Hashable {
    let identity: FileIdentity
    let path: FilePath

    init(identity: FileIdentity, path: FilePath) { (self.identity, self.path) = (identity, path) }

    /// Parses a line without its end; `nil` for another form.
    init?(line: ArraySlice<UInt8>) {
        guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let numbers = String(decoding: line[..<space], as: UTF8.self).split(separator: ":").compactMap { UInt64($0) }
        guard numbers.count == 2 else { return nil }
        identity = FileIdentity(device: numbers[0], inode: numbers[1])
        path = FilePath(bytes: line[line.index(after: space)...])
    }

    /// The line, without its end.
    var line: [UInt8] { Array("\(identity.device):\(identity.inode) ".utf8) + path.bytes }

    /// Whether the directory is still at its path.
    var isPresent: Bool { RealPath.identity(path) == identity }
}
