// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// One member of an ar container: a name and a byte range of the file.
struct ArMember: Hashable, Sendable {
    let name: String
    let offset: UInt64
    let size: UInt64
}

/// The relevant members of a .deb, in the order and number that deb(5) specifies.
struct DebParts {
    private(set) var control: ArMember
    private(set) var data: ArMember

    /// The compressions of deb(5), by the suffix of the member's name.
    private static let endings = ["", ".gz", ".xz", ".zst", ".bz2", ".lzma"]

    /// Reads the member headers of `file`.
    ///
    /// - Throws: `DebPackageError`, `FileError`.
    init(_ file: FilePath) throws {
        let reader = try ArReader(file)
        guard let format = try reader.next(), format.name == "debian-binary" else {
            throw DebPackageError.noFormat(file: file.string)
        }
        try DebParts.check(try reader.bytes(of: format, limit: 1024), file)
        control = try DebParts.first("control.tar", in: reader, file)
        data = try DebParts.first("data.tar", in: reader, file)
        while let member = try reader.next() {
            // deb(5): members after data.tar are ignored. But other tools would read a second control.tar or data.tar.
            let isTar =
                member.name.utf8.starts(with: "control.tar".utf8) || member.name.utf8.starts(with: "data.tar".utf8)
            if isTar { throw DebPackageError.unexpectedMember(file: file.string, name: member.name) }
        }
    }

    /// The next member, which must be `kind` in some compression; members whose names begin with '_' are skipped.
    private static func first(_ kind: String, in reader: ArReader, _ file: FilePath) throws -> ArMember {
        while let member = try reader.next() {
            if member.name.utf8.first == UInt8(ascii: "_") { continue }
            guard member.name.utf8.starts(with: kind.utf8) else {
                throw DebPackageError.unexpectedMember(file: file.string, name: member.name)
            }
            guard endings.contains(where: { kind + $0 == member.name }) else {
                throw DebPackageError.compression(file: file.string, name: member.name)
            }
            return member
        }
        throw DebPackageError.missingMember(file: file.string, name: kind)
    }

    /// Checks the format version. deb(5): the first line is "2.0"; a higher minor number, and more lines, are accepted.
    private static func check(_ text: [UInt8], _ file: FilePath) throws {
        let line = text.prefix { $0 != UInt8(ascii: "\n") }
        let minor = line.dropFirst(2)
        let isKnown =
            line.starts(with: "2.".utf8) && !minor.isEmpty && line.count < text.count
            && minor.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isKnown else {
            throw DebPackageError.version(file: file.string, version: String(decoding: line.prefix(20), as: UTF8.self))
        }
    }
}

/// Reads an ar container as specified in deb(5): a magic line, then headers of 60 bytes at even offsets.
final class ArReader {
    /// The maximum number of members of a package.
    private static let memberCount = 64
    private let path: FilePath
    private let file: FileDescriptor
    private let end: UInt64
    private var position: UInt64 = 8
    private var count = 0

    init(_ path: FilePath) throws {
        self.path = path
        let file = try mapErrno("read", path) { try FileDescriptor.open(path, .readOnly, options: .closeOnExec) }
        self.file = file
        do { end = UInt64(max(0, try mapErrno("read", path) { try file.seek(offset: 0, from: .end) })) } catch {
            try? file.close()
            throw error
        }
        guard try read(8, at: 0).elementsEqual("!<arch>\n".utf8) else { throw DebPackageError.notAr(file: path.string) }
    }

    deinit { try? file.close() }

    /// The next member; nil at the end of the file.
    func next() throws -> ArMember? {
        if position >= end { return nil }
        count += 1
        guard count <= ArReader.memberCount else { throw damaged("it has more than \(ArReader.memberCount) members") }
        let header = try read(60, at: position)
        guard header.count == 60, header[58...].elementsEqual("`\n".utf8) else {
            throw damaged("a member has no header")
        }
        let size = try number(header[48..<58])
        let offset = position + 60
        guard size <= end, offset <= end - size else { throw damaged("it ends in the middle of a member") }
        position = offset + size + size % 2
        return ArMember(name: name(header[0..<16]), offset: offset, size: size)
    }

    /// The contents of a small member.
    func bytes(of member: ArMember, limit: Int) throws -> [UInt8] {
        guard member.size <= UInt64(limit) else { throw damaged("the member '\(member.name)' is too big") }
        return try read(Int(member.size), at: member.offset)
    }

    private func read(_ count: Int, at offset: UInt64) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = try mapErrno("read", path) {
                try bytes.withUnsafeMutableBytes {
                    try file.read(
                        fromAbsoluteOffset: Int64(offset) + Int64(filled), into: .init(rebasing: $0[filled...]))
                }
            }
            if got == 0 { break }
            filled += got
        }
        return Array(bytes.prefix(filled))
    }

    /// The field is padded with blanks; GNU ar ends names with a slash.
    private func name(_ field: ArraySlice<UInt8>) -> String {
        let end = field.lastIndex { $0 != UInt8(ascii: " ") }.map { $0 + 1 } ?? field.startIndex
        let name = field[..<end]
        return String(decoding: name.last == UInt8(ascii: "/") ? name.dropLast() : name, as: UTF8.self)
    }

    private func number(_ field: ArraySlice<UInt8>) throws -> UInt64 {
        let digits = field.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !digits.isEmpty, field[digits.endIndex...].allSatisfy({ $0 == UInt8(ascii: " ") }) else {
            throw damaged("the size of a member is not a number")
        }
        return digits.reduce(0) { $0 * 10 + UInt64($1 & 15) }  // at most ten digits
    }

    private func damaged(_ detail: String) -> DebPackageError { .damaged(file: path.string, detail: detail) }
}
