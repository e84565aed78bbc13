// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import OCI
import SystemPackage

/// The names in the tree objects that were written to a repository since a moment: what a checkout of them can create
/// (gitrepository-layout(5), gitformat-pack(5)). Objects that arrived in packs are not read.
struct NewTrees {
    private static let mostObjects = 20_000
    private static let mostBytes = 256 << 20
    private static let mostBytesOfObject = 16 << 20
    private static let treeMode = Array("40000".utf8)

    private let repository: ContainerTree
    private let objects: FilePath
    private var (objectsLeft, bytesLeft) = (mostObjects, mostBytes)
    /// The names of the entries, in lowercase, since a checkout can ignore case.
    private var names: Set<[UInt8]> = []
    /// The names of those that are no trees.
    private var leaves: Set<[UInt8]> = []
    /// Whether there may be trees that were not read.
    private var isIncomplete: Bool

    /// - Parameters:
    ///   - path: The repository in `repository`.
    ///   - hasNewPacks: Whether objects may have arrived in packs.
    init(in repository: ContainerTree, at path: FilePath, since start: Moment, hasNewPacks: Bool) {
        self.repository = repository
        objects = path.pushing("objects")
        isIncomplete = hasNewPacks
        // A directory that was moved there has old files.
        guard let isNew = isNew(objects, since: start), let names = try? repository.names(objects) else {
            isIncomplete = true
            return
        }
        for name in names where name.string.utf8.count == 2 && !isIncomplete {
            let directory = objects.appending(name)
            if isNew || self.isNew(directory, since: start) ?? true { read(directory, since: start) }
        }
    }

    /// Whether a checkout may create that path, relative to the work tree: a new tree has an entry of its last name,
    /// or one of an earlier name that is no tree, such as a link.
    func mayCreate(_ path: [UInt8]) -> Bool {
        let components = path.split(separator: UInt8(ascii: "/")).map(Self.lowercased)
        guard !isIncomplete, let last = components.last else { return true }
        return names.contains(last) || components.dropLast().contains { leaves.contains($0) }
    }

    private func isNew(_ path: FilePath, since start: Moment) -> Bool? {
        (try? repository.status(path)).flatMap(\.self).map { Moment($0) >= start }
    }

    private mutating func read(_ directory: FilePath, since start: Moment) {
        guard let files = try? repository.names(directory, limit: objectsLeft) else {
            isIncomplete = true
            return
        }
        objectsLeft -= files.count
        // Temporary files have other names.
        for file in files where [38, 62].contains(file.string.utf8.count) && !isIncomplete {
            let hashSize = (file.string.utf8.count + 2) / 2
            guard let bytes = repository.bytes(directory.appending(file), limit: Self.mostBytesOfObject),
                let object = ZlibStream(bytes).inflated(limit: min(bytesLeft, Self.mostBytesOfObject * 4))
            else {
                isIncomplete = true
                return
            }
            bytesLeft -= object.count
            if object.starts(with: "tree ".utf8) { add(object, hashSize) }
        }
    }

    /// Adds the entries of a tree: `tree SIZE NUL`, then for each entry `MODE SP NAME NUL HASH`.
    private mutating func add(_ object: [UInt8], _ hashSize: Int) {
        var rest = object[...]
        guard let header = rest.firstIndex(of: 0) else { return isIncomplete = true }
        rest = rest[(header + 1)...]
        while !rest.isEmpty {
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")), let end = rest[space...].firstIndex(of: 0),
                rest.endIndex - end > hashSize
            else { return isIncomplete = true }
            let name = Self.lowercased(rest[(space + 1)..<end])
            names.insert(name)
            if !rest[..<space].elementsEqual(Self.treeMode) { leaves.insert(name) }
            rest = rest[(end + 1 + hashSize)...]
        }
    }

    private static func lowercased(_ name: ArraySlice<UInt8>) -> [UInt8] {
        name.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
    }
}
