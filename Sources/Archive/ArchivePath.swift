// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A path inside an archive: relative, its components joined by single slashes, none of them empty, `.` or `..`.
///
/// Paths are compared by their bytes, as file systems and tar do; `String` would compare them by Unicode equivalence.
package struct ArchivePath: Sendable, CustomStringConvertible {
    /// The maximum length of a path in bytes (`PATH_MAX`).
    package static let maximumLength = 4096
    /// The root of the archive, written "".
    package static let root = ArchivePath(checked: "")

    /// The path as text, "" for the root.
    package let string: String

    /// Parses a path as archives write it: a leading `./` and a trailing `/` are dropped.
    ///
    /// - Throws: `ArchiveError.path` for an absolute path, an empty, `.` or `..` component, a NUL, or too many bytes.
    package init(_ raw: String) throws(ArchiveError) {
        let bytes = Array(raw.utf8)
        if let flaw = ArchivePath.flaw(in: bytes) { throw .path(raw, flaw) }
        string = String(decoding: ArchivePath.trimmed(bytes), as: UTF8.self)
    }

    /// Parses a path from bytes that need not be UTF-8.
    ///
    /// - Throws: `ArchiveError.path`, also for bytes that are not UTF-8.
    init(bytes: [UInt8]) throws(ArchiveError) {
        if let flaw = ArchivePath.flaw(in: bytes) { throw .path(String(decoding: bytes, as: UTF8.self), flaw) }
        guard let string = String(validating: ArchivePath.trimmed(bytes), as: UTF8.self) else {
            throw .path(String(decoding: bytes, as: UTF8.self), .notUTF8)
        }
        self.string = string
    }

    private init(checked string: String) { self.string = string }

    /// Whether this is the root of the archive.
    package var isRoot: Bool { string.isEmpty }

    package var description: String { string }

    /// The path without its last component; `nil` for the root.
    package var parent: ArchivePath? {
        if isRoot { return nil }
        guard let slash = string.utf8.lastIndex(of: UInt8(ascii: "/")) else { return .root }
        return ArchivePath(checked: String(string[..<slash]))
    }

    /// The last component, "" for the root.
    package var name: String {
        guard let slash = string.utf8.lastIndex(of: UInt8(ascii: "/")) else { return string }
        return String(string[string.utf8.index(after: slash)...])
    }

    /// The path of `component` (a name, or names joined by slashes) below this one.
    ///
    /// - Throws: `ArchiveError.path`.
    package func appending(_ component: String) throws(ArchiveError) -> ArchivePath {
        try ArchivePath(isRoot ? component : "\(string)/\(component)")
    }

    /// Whether `other` is this path or one of its ancestors.
    package func hasPrefix(_ other: ArchivePath) -> Bool {
        if other.isRoot { return true }
        var rest = string.utf8[...]
        for byte in other.string.utf8 { guard rest.popFirst() == byte else { return false } }
        return rest.isEmpty || rest.first == UInt8(ascii: "/")
    }
}

extension ArchivePath: Hashable, Comparable {
    package static func == (left: ArchivePath, right: ArchivePath) -> Bool { order(left, right) == 0 }

    /// Orders by raw bytes, as `LC_ALL=C sort` does.
    package static func < (left: ArchivePath, right: ArchivePath) -> Bool { order(left, right) < 0 }

    package func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: $0) }
        hasher.combine(UInt8(0xFF))
    }

    private static func order(_ left: ArchivePath, _ right: ArchivePath) -> Int {
        left.withBytes { one in
            right.withBytes { two in
                let common = min(one.count, two.count)
                if common > 0, let first = one.baseAddress, let second = two.baseAddress {
                    let difference = memcmp(first, second, common)
                    if difference != 0 { return Int(difference) }
                }
                return one.count - two.count
            }
        }
    }

    private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        string.utf8.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) }
            ?? Array(string.utf8).withUnsafeBytes(body)
    }
}

extension ArchivePath {
    private static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        var rest = bytes[...]
        while rest.starts(with: [UInt8(ascii: "."), UInt8(ascii: "/")]) { rest = rest.dropFirst(2) }
        while rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }
        return rest.elementsEqual([UInt8(ascii: ".")]) ? [] : rest
    }

    private static func flaw(in bytes: [UInt8]) -> PathFlaw? {
        if bytes.count > maximumLength { return .tooLong }
        if bytes.contains(0) { return .nul }
        if bytes.first == UInt8(ascii: "/") { return .absolute }
        let rest = trimmed(bytes)
        if rest.isEmpty { return nil }
        if rest.first == UInt8(ascii: "/") { return .emptyComponent }
        for component in rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if component.isEmpty { return .emptyComponent }
            if component.elementsEqual([UInt8(ascii: ".")]) { return .dot }
            if component.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) { return .dotDot }
        }
        return nil
    }
}

/// The reason why a text is not a valid path inside an archive.
package enum PathFlaw: Hashable, Sendable, CaseIterable {
    /// The path begins with a slash.
    case absolute
    /// The path has a `..` component.
    case dotDot
    /// The path has a `.` component that is not the first.
    case dot
    /// The path has two consecutive slashes.
    case emptyComponent
    /// The path contains a NUL byte.
    case nul
    /// The path has more than `ArchivePath.maximumLength` bytes.
    case tooLong
    /// The path is not UTF-8.
    case notUTF8

    /// The predicate of a sentence about a path.
    var clause: String {
        switch self {
        case .absolute: "is absolute"
        case .dotDot: "has a '..' component"
        case .dot: "has a '.' component"
        case .emptyComponent: "has an empty component"
        case .nul: "has a NUL byte"
        case .tooLong: "has more than \(ArchivePath.maximumLength) bytes"
        case .notUTF8: "is not UTF-8"
        }
    }
}
