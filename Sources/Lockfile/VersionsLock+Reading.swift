// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import SystemPackage

extension VersionsLock {
    /// The maximum size of a lock in bytes; two architectures of 300 packages take 250 KB.
    package static let limit = 1 << 24

    /// Reads a lock; errors have the file's name, or `name`.
    ///
    /// - Throws: `LockError`; `FileError`.
    package static func load(_ file: FilePath, named name: String? = nil) throws -> VersionsLock {
        try VersionsLock(parsing: Files.read(file, limit: limit), file: name ?? file.string)
    }

    /// Parses a lock. Every field is validated; unknown fields are refused.
    ///
    /// - Parameter file: The file's name in errors.
    /// - Throws: `LockError`.
    package init(parsing bytes: [UInt8], file: String) throws(LockError) {
        guard bytes.count <= VersionsLock.limit else { throw .tooLarge(file: file) }
        if let line = VersionsLock.conflictLine(in: bytes) { throw .conflict(file: file, line: line) }
        var syntax = LockSyntax(bytes, file: file)
        var fields = try LockFields(try syntax.document(), file: file)
        let format = try fields.number("version")
        guard format == 1 else { throw .unknownVersion(format, file: file) }
        codename = try fields.string("codename")
        snapshot = try fields.checked("snapshot") { Timestamp(rfc3339: $0) == nil ? nil : $0 }
        inputs = try fields.checked("inputs") { try? Digest($0) }
        selection = try fields.optional("selection") { try? Digest($0) }
        archives = try fields.list("archives", LockedArchive.init)
        artifacts = try fields.list("artifacts", LockedArtifact.init)
        choices = LockedChoices(
            pins: try fields.optionalList("pins", LockedPin.init),
            exclusions: try fields.optionalList("exclusions", LockedExclusion.init),
            repositories: try fields.optionalList("repositories", LockedRepository.init))
        let bases = LockedArchive.pools.union(choices.repositories.map(\.name)).union([LockedPackage.localBase])
        var architectures = try LockFields(try fields.take("architectures"), file: file)
        self.architectures = [:]
        for name in architectures.names {
            guard Architecture(rawValue: name) != nil else {
                throw .invalid("architectures", value: String(name.prefix(40)), file: file, line: architectures.line)
            }
            self.architectures[name] = try architectures.list(name) { fields throws(LockError) in
                try LockedPackage(&fields, on: name, bases: bases)
            }
            try VersionsLock.checkOrder(self.architectures[name, default: []], file: file, line: architectures.line)
        }
        try fields.end()
    }

    /// The line of git's first conflict marker; no line of JSON begins like one.
    private static func conflictLine(in bytes: [UInt8]) -> Int? {
        let marks = ["<<<<<<< ", "=======", ">>>>>>> "]
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.firstIndex { line in marks.contains { line.starts(with: $0.utf8) } }.map { $0 + 1 }
    }

    private static func checkOrder(_ packages: [LockedPackage], file: String, line: Int) throws(LockError) {
        for (left, right) in zip(packages, packages.dropFirst()) where !(left.name < right.name) {
            throw .malformed(file: file, line: line, reason: "'\(right.name)' is not sorted after '\(left.name)'")
        }
    }
}

extension LockedPackage {
    fileprivate init(_ fields: inout LockFields, on platform: String, bases: Set<String>) throws(LockError) {
        self.init(
            name: try fields.checked("name") { try? PackageName($0) },
            version: try fields.checked("version") { try? DebianVersion($0) },
            architecture: try fields.checked("architecture") { $0 == platform || $0 == "all" ? $0 : nil },
            source: try fields.checked("source") { try? PackageName($0) },
            sourceVersion: try fields.checked("sourceVersion") { try? DebianVersion($0) },
            sha256: try fields.checked("sha256") { try? Digest(hex: $0) },
            size: try fields.number("size"), installedSize: try fields.number("installedSize"),
            path: try fields.checked("path") { PackageRecord.isPoolPath($0) ? $0 : nil },
            base: try fields.checked("base") { bases.contains($0) ? $0 : nil },
            tier: try fields.checked("tier") { LayerTier(rawValue: $0) }, reason: try fields.string("reason"),
            snapshot: try fields.optional("snapshot") { Timestamp(rfc3339: $0) == nil ? nil : $0 },
            isEssential: try fields.optional("essential") { $0 == "yes" ? true : nil } ?? false)
    }
}

extension LockedPin {
    fileprivate init(_ fields: inout LockFields) throws(LockError) {
        self.init(
            name: try fields.checked("name") { try? PackageName($0) },
            version: try fields.checked("version") { try? DebianVersion($0) },
            security: try fields.optional("security") { try? DebianVersion($0) })
    }
}

extension LockedExclusion {
    fileprivate init(_ fields: inout LockFields) throws(LockError) {
        self.init(
            name: try fields.checked("name") { try? PackageName($0) }, reason: try fields.string("reason"))
    }
}

extension LockedArchive {
    fileprivate init(_ fields: inout LockFields) throws(LockError) {
        self.init(
            id: try fields.string("id"),
            base: try fields.checked("base") { LockedArchive.pools.contains($0) ? $0 : nil },
            inRelease: try fields.checked("inRelease") { try? Digest(hex: $0) },
            date: try fields.checked("date") { Timestamp(rfc3339: $0) == nil ? nil : $0 },
            signer: try fields.signer())
    }
}

extension LockedRepository {
    fileprivate init(_ fields: inout LockFields) throws(LockError) {
        self.init(
            name: try fields.checked("name") { Self.isName($0) ? $0 : nil },
            uri: try fields.checked("uri") { Self.isAddress($0) ? $0 : nil },
            suite: try fields.checked("suite") { Self.isSuite($0) ? $0 : nil },
            components: try fields.optional("components") { Self.words($0) { Self.isSuite($0) ? $0 : nil } } ?? [],
            packages: try fields.optional("packages") { Self.words($0) { try? PackageName($0) } } ?? [],
            inRelease: try fields.checked("inRelease") { try? Digest(hex: $0) },
            date: try fields.checked("date") { Timestamp(rfc3339: $0) == nil ? nil : $0 },
            signer: try fields.signer())
    }

    private static func words<Word>(_ text: String, _ check: (String) -> Word?) -> [Word]? {
        let words = text.split(separator: " ").map { check(String($0)) }
        return words.contains { $0 == nil } || words.isEmpty ? nil : words.compactMap(\.self)
    }

    /// Whether `text` is a valid name: lower-case letters, digits and hyphens, and not a reserved name.
    package static func isName(_ text: String) -> Bool {
        text.wholeMatch(of: /[a-z][a-z0-9-]{0,62}/) != nil && !LockedArchive.pools.contains(text)
            && text != LockedPackage.localBase
    }

    /// Whether `text` is a valid suite: a relative path without parent directories.
    package static func isSuite(_ text: String) -> Bool {
        text == "./" || text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._+~-]*(?:\/[A-Za-z0-9][A-Za-z0-9._+~-]*)*\/?/) != nil
    }

    /// Whether `text` is a URL without spaces, user, password, query and fragment.
    package static func isAddress(_ text: String) -> Bool {
        text.wholeMatch(of: /https?:\/\/[A-Za-z0-9.:\[\]-]+(?:\/[A-Za-z0-9._+~%:-]+)*/) != nil
    }
}

private func isHexadecimal(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (65...70).contains(byte) }

extension LockedArtifact {
    fileprivate init(_ fields: inout LockFields) throws(LockError) {
        self.init(
            name: try fields.string("name"), version: try fields.string("version"),
            platform: try fields.string("platform"),
            url: try fields.checked("url") { $0.hasPrefix("https://") || $0.hasPrefix("http://") ? $0 : nil },
            sha256: try fields.checked("sha256") { try? Digest(hex: $0) },
            size: fields.names.contains("size") ? try fields.number("size") : nil)
    }
}

/// The fields of one object, removed one by one; a remaining field is unknown.
struct LockFields {
    private var fields: [String: LockValue]
    private let file: String
    let line: Int

    init(_ value: LockValue, file: String) throws(LockError) {
        guard case .object(let fields) = value.content else {
            throw .malformed(file: file, line: value.line, reason: "expected an object")
        }
        self.fields = fields
        self.file = file
        line = value.line
    }

    var names: [String] { fields.keys.sorted() }

    mutating func take(_ name: String) throws(LockError) -> LockValue {
        guard let value = fields.removeValue(forKey: name) else { throw .missing(name, file: file, line: line) }
        return value
    }

    mutating func string(_ name: String) throws(LockError) -> String { try checked(name) { $0.isEmpty ? nil : $0 } }

    mutating func checked<Value>(_ name: String, _ check: (String) -> Value?) throws(LockError) -> Value {
        let value = try take(name)
        guard case .string(let text) = value.content else {
            throw .malformed(file: file, line: value.line, reason: "'\(name)' must be a string")
        }
        guard let checked = check(text) else {
            throw .invalid(name, value: String(text.prefix(80)), file: file, line: value.line)
        }
        return checked
    }

    /// A fingerprint.
    mutating func signer() throws(LockError) -> String {
        try checked("signer") { $0.utf8.allSatisfy(isHexadecimal) && !$0.isEmpty ? $0 : nil }
    }

    /// The value of an optional field.
    mutating func optional<Value>(_ name: String, _ check: (String) -> Value?) throws(LockError) -> Value? {
        fields[name] == nil ? nil : try checked(name, check)
    }

    /// The values of an optional list.
    mutating func optionalList<Value>(
        _ name: String, _ make: (inout LockFields) throws(LockError) -> Value
    ) throws(LockError) -> [Value] {
        fields[name] == nil ? [] : try list(name, make)
    }

    mutating func number(_ name: String) throws(LockError) -> UInt64 {
        let value = try take(name)
        guard case .number(let number) = value.content else {
            throw .malformed(file: file, line: value.line, reason: "'\(name)' must be a whole number")
        }
        return number
    }

    mutating func list<Value>(
        _ name: String, _ make: (inout LockFields) throws(LockError) -> Value
    ) throws(LockError) -> [Value] {
        let value = try take(name)
        guard case .array(let entries) = value.content else {
            throw .malformed(file: file, line: value.line, reason: "'\(name)' must be a list")
        }
        var values: [Value] = []
        for entry in entries {
            var fields = try LockFields(entry, file: file)
            values.append(try make(&fields))
            try fields.end()
        }
        return values
    }

    func end() throws(LockError) {
        if let name = names.first {
            throw .malformed(file: file, line: line, reason: "'\(name.prefix(40))' is not known here")
        }
    }
}
