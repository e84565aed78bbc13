// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage

/// The objects of a repository that a container writes, read by handle and without git (gitrepository-layout(5),
/// gitformat-pack(5)). What is malformed, too large, or in another repository is no object.
///
/// An object's content is not compared with its name: git reads it as it is. All objects together have budgets of
/// bytes, compressed or not, which malformed ones reduce too, and of searches, so that a repository cannot delay a run's
/// start and end.
package final class GitObjects {
    /// An object with its content.
    package struct Object: Hashable, Sendable {
        /// The type.
        package let kind: Kind
        /// The content without its header.
        package let bytes: [UInt8]
    }

    /// The types of objects, by their numbers in packs.
    package enum Kind: UInt8, Sendable {
        case commit = 1
        case tree, blob, tag

        fileprivate init?(name: ArraySlice<UInt8>) {
            let names: [(String, Kind)] = [("commit", .commit), ("tree", .tree), ("blob", .blob), ("tag", .tag)]
            guard let found = names.first(where: { name.elementsEqual($0.0.utf8) }) else { return nil }
            self = found.1
        }
    }

    /// The maximum size of an object in bytes.
    package static let mostBytes = 32 << 20
    private static let mostPacks = 2000
    private static let mostBases = 64
    /// The longest chain of differences that git writes (git-pack-objects(1), `--depth`).
    private static let mostDeltas = 4095
    /// The maximum number of bytes of differences in memory.
    private static let mostHeld = 128 << 20
    /// The highest ratio of compression of deflate (RFC 1951).
    private static let expansion = 1032

    /// The maximum size of an object that is kept, and of all.
    private static let (mostKept, mostKeptInAll) = (1 << 20, 64 << 20)

    private let repository: ContainerTree
    private let directory: FilePath
    private let budget: GitBudget
    private var (held, kept): (Int, Int) = (0, 0)
    private var objects: [[UInt8]: Object] = [:]
    /// The packs; `nil` when one cannot be read, because it may have any object.
    private lazy var packs: [GitPack]? = openPacks()

    /// The objects of the repository at `path` in a tree.
    package convenience init(of repository: ContainerTree, at path: FilePath) {
        self.init(of: repository, at: path, charging: GitBudget())
    }

    /// The objects of the repository at `path` in a tree, with what is left of `budget`.
    init(of repository: ContainerTree, at path: FilePath, charging budget: GitBudget) {
        (self.repository, directory, self.budget) = (repository, path.pushing("objects"), budget)
    }

    private func openPacks() -> [GitPack]? {
        let place = directory.appending("pack")
        if case .some(.nothing) = try? repository.kind(place) { return [] }
        guard let names = try? repository.names(place, limit: 4 * Self.mostPacks) else { return nil }
        var found: [GitPack] = []
        for name in names where name.string.hasSuffix(".idx") {
            // git ignores an index without its pack.
            let pack = place.appending("\(name.string.dropLast(4)).pack")
            if case .some(.nothing) = try? repository.kind(pack) { continue }
            guard found.count < Self.mostPacks, let opened = GitPack(name.string, in: place, of: repository) else {
                return nil
            }
            found.append(opened)
        }
        return found
    }

    /// The object with a name of 20 or 32 bytes; `nil` when it cannot be read.
    package func object(_ name: [UInt8]) -> Object? {
        if let found = objects[name] { return found }
        guard let found = object(name, depth: 0) else { return nil }
        if found.bytes.count <= Self.mostKept, kept + found.bytes.count <= Self.mostKeptInAll {
            objects[name] = found
            kept += found.bytes.count
        }
        return found
    }

    /// Reads an object, from packs before other files, as git does.
    private func object(_ name: [UInt8], depth: Int) -> Object? {
        budget.objects -= 1
        guard budget.objects > 0, budget.bytes > 0, depth < Self.mostBases, let packs else { return nil }
        var found: Object?
        for pack in packs where pack.mayContain(name) {
            budget.searches -= 1
            guard budget.searches > 0 else { return nil }
            guard let offset = pack.offset(of: name) else { continue }
            // The times of packs decide which one git reads.
            guard let next = packed(in: pack, at: offset, depth: depth), found == nil || found == next else {
                return nil
            }
            found = next
        }
        return found ?? loose(name)
    }

    private func loose(_ name: [UInt8]) -> Object? {
        let hex = Hex.text(name)
        let file = directory.appending(String(hex.prefix(2))).appending(String(hex.dropFirst(2)))
        guard let bytes = repository.bytes(file, limit: Self.mostBytes) else { return nil }
        guard let object = ZlibStream(bytes).inflated(limit: Self.mostBytes) else {
            budget.bytes -= max(bytes.count, min(Self.mostBytes, bytes.count * Self.expansion))
            return nil
        }
        budget.bytes -= max(bytes.count, object.count)
        guard let end = object.firstIndex(of: 0), let space = object[..<end].firstIndex(of: UInt8(ascii: " ")),
            let kind = Kind(name: object[..<space])
        else { return nil }
        return Object(kind: kind, bytes: Array(object[(end + 1)...]))
    }

    /// The object at an offset of a pack: whole, or the differences from another one, which can be the same.
    private func packed(in pack: GitPack, at offset: UInt64, depth: Int) -> Object? {
        var (offset, deltas): (UInt64, [[UInt8]]) = (offset, [])
        defer { held -= deltas.reduce(0) { $0 + $1.count } }
        while budget.bytes > 0, held <= Self.mostHeld, deltas.count <= Self.mostDeltas {
            guard let entry = pack.entry(at: offset, charging: &budget.bytes) else { return nil }
            guard let base = entry.base else {
                guard let kind = Kind(rawValue: entry.type) else { return nil }
                return changed(Object(kind: kind, bytes: entry.bytes), by: deltas)
            }
            deltas.append(entry.bytes)
            held += entry.bytes.count
            switch base {
            case .offset(let other): offset = other
            case .name(let name): return object(name, depth: depth + 1).flatMap { changed($0, by: deltas) }
            }
        }
        return nil
    }

    /// The object after differences, the last of which applies first.
    private func changed(_ base: Object, by deltas: [[UInt8]]) -> Object? {
        var bytes = base.bytes
        for delta in deltas.reversed() {
            guard budget.bytes > 0 else { return nil }
            guard let next = GitPack.applied(delta, to: bytes) else {
                // It may have been malformed at its end.
                budget.bytes -= Self.mostBytes
                return nil
            }
            budget.bytes -= next.count
            bytes = next
        }
        return Object(kind: base.kind, bytes: bytes)
    }
}

/// Hexadecimal names of objects.
enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    /// The text of bytes.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The bytes of a name of 40 or 64 digits; `nil` for any other text.
    static func name(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard [40, 64].contains(text.count) else { return nil }
        var bytes: [UInt8] = []
        for (index, digit) in text.enumerated() {
            let value: UInt8
            switch digit {
            case 48...57: value = digit - 48
            case 97...102: value = digit - 87
            case 65...70: value = digit - 55
            default: return nil
            }
            if index.isMultiple(of: 2) { bytes.append(value << 4) } else { bytes[bytes.count - 1] |= value }
        }
        return bytes
    }
}
