// SPDX-License-Identifier: Apache-2.0

import CLinux
import SystemPackage

/// A directory in a record of the state: its identity, its time of birth, and the path that it had, as
/// `DEVICE:INODE:BIRTH PATH`. A new directory can get the inode of a removed one, but not its time of birth.
struct RecordedDirectory: Hashable {
    let identity: FileIdentity
    /// Nanoseconds since 1970; 0 when it is unknown.
    let birth: Int64
    let path: FilePath

    /// The directory at `path`; `nil` when there is none.
    init?(at path: FilePath) {
        guard let identity = RealPath.identity(path) else { return nil }
        (self.identity, birth, self.path) = (identity, Self.birth(of: path), path)
    }

    /// Parses a line without its end; `nil` for another form. Lines without the time of birth are from 1.0.0.
    init?(line: ArraySlice<UInt8>) {
        guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let numbers = String(decoding: line[..<space], as: UTF8.self).split(separator: ":")
        guard (2...3).contains(numbers.count), let device = UInt64(numbers[0]), let inode = UInt64(numbers[1]),
            let birth = numbers.count == 3 ? Int64(numbers[2]) : 0
        else { return nil }
        (identity, self.birth) = (FileIdentity(device: device, inode: inode), birth)
        path = FilePath(bytes: line[line.index(after: space)...])
    }

    /// The line, without its end.
    var line: [UInt8] { Array("\(identity.device):\(identity.inode):\(birth) ".utf8) + path.bytes }

    /// Whether the directory is still at its path.
    var isPresent: Bool { RealPath.identity(path) == identity && Self.mayBe(birth, Self.birth(of: path)) }

    /// Whether both are records of one directory, under one path or two.
    func isSame(as other: RecordedDirectory) -> Bool {
        identity == other.identity && Self.mayBe(birth, other.birth)
    }

    /// The time of birth of the file at `path`; 0 when it is unknown.
    static func birth(of path: FilePath) -> Int64 { path.withPlatformString(clinux_birth) }

    /// Whether two times of birth may be the same: an unknown one may be any.
    static func mayBe(_ birth: Int64, _ other: Int64) -> Bool { birth == other || birth == 0 || other == 0 }
}
