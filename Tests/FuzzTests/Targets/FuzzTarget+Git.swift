// SPDX-License-Identifier: Apache-2.0

import Run

extension FuzzTarget {
    /// The parser of a target for git's files.
    var git: ([UInt8]) throws -> Void {
        switch self {
        case .gitConfiguration: Self.gitConfiguration
        case .gitDelta: Self.gitDelta
        case .gitIndex: Self.gitIndex
        case .gitObjects: Self.gitObjects
        default: Self.zlib
        }
    }

    /// Parsed values are in the bytes, in the order of the file, and every key that executes a program is one of the
    /// entries.
    static func gitConfiguration(_ bytes: [UInt8]) throws {
        let read = GitConfiguration(bytes)
        let size = read.entries.reduce(0) { $0 + $1.name.utf8.count + 1 }
        try expect(size <= bytes.count + 1, "more names than bytes")
        try expect(read.entries.allSatisfy { $0.name == $0.name.lowercased() }, "a name in upper case")
        try expect(Set(read.executing).isSubset(of: read.entries.map(\.key)), "a key that does not exist")
    }

    /// There are no more gitlinks than the bytes can hold, and the file beside it is one of git's.
    static func gitIndex(_ bytes: [UInt8]) throws {
        let index = GitIndex(bytes, at: [Array("a".utf8)])
        try expect(index.keptTrees.count <= bytes.count / 20 + 1, "more trees than bytes")
        try expect(index.gitlinks.count <= bytes.count / 32 + 1, "more gitlinks than bytes")
        let shared = index.shared?.dropFirst(12)
        try expect(shared?.allSatisfy(\.isHexDigit) ?? true, "an arbitrary shared index: \(index.shared ?? "")")
    }
}
