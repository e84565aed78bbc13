// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The objects that the references of a repository name (gitrepository-layout(5)): branches, tags, remote branches, the
/// stash with its earlier entries, and `HEAD` and the like of one work tree.
struct GitReferences: Hashable, Sendable {
    private static let mostFiles = 5000
    private static let mostLevels = 32
    private static let mostBytesOfPacked = 16 << 20
    private static let mostStashes = 64
    private static let mostSteps = 5

    private enum Value {
        case object([UInt8])
        case reference([UInt8])
    }

    /// The names of the objects, by the names of the references.
    private(set) var objects: [[UInt8]: [UInt8]] = [:]
    /// Whether there may be others.
    private(set) var isIncomplete = false

    /// Reads the references.
    ///
    /// - Parameters:
    ///   - path: The repository in `tree`.
    ///   - directory: The directory of the work tree's own files; the repository itself for the main one.
    init(of path: FilePath, directory: FilePath, in tree: ContainerTree) {
        var found: [[UInt8]: Value] = [:]
        readPacked(path.pushing("packed-refs"), tree, &found)
        var left = Self.mostFiles
        read(path.pushing("refs"), Array("refs".utf8), tree, &found, &left)
        if ((try? tree.kind(path.pushing("reftable"))) ?? .special) != .nothing { isIncomplete = true }
        let own = ((try? tree.names(directory, limit: 4096)) ?? []).filter { $0.bytes.allSatisfy(Self.isPseudo) }
        for name in own {
            if let value = value(directory.appending(name), tree) { found[name.bytes] = value }
        }
        for (name, value) in found { objects[name] = Self.resolved(value, found) }
        readStash(path.pushing("logs/refs/stash"), tree)
    }

    private static func isPseudo(_ byte: UInt8) -> Bool { (65...90).contains(byte) || byte == UInt8(ascii: "_") }

    private static func resolved(_ value: Value, _ all: [[UInt8]: Value]) -> [UInt8]? {
        var value = value
        for _ in 0..<mostSteps {
            switch value {
            case .object(let name): return name
            case .reference(let name):
                guard let next = all[name] else { return nil }
                value = next
            }
        }
        return nil
    }

    private mutating func read(
        _ directory: FilePath, _ name: [UInt8], _ tree: ContainerTree, _ found: inout [[UInt8]: Value],
        _ left: inout Int
    ) {
        guard left > 0, directory.components.count < Self.mostLevels,
            let names = try? tree.names(directory, limit: left)
        else {
            isIncomplete = true
            return
        }
        left -= names.count
        for component in names {
            let (path, name) = (directory.appending(component), name + [UInt8(ascii: "/")] + component.bytes)
            switch try? tree.kind(path) {
            case .directory: read(path, name, tree, &found, &left)
            default: if let value = value(path, tree) { found[name] = value }
            }
        }
    }

    /// The content of a file of a reference, or the target of a link in its place; `nil` for anything else, which git does
    /// not read either.
    private mutating func value(_ path: FilePath, _ tree: ContainerTree) -> Value? {
        switch try? tree.kind(path) {
        case .file:
            guard let bytes = tree.bytes(path, limit: 1 << 12) else {
                isIncomplete = true
                return nil
            }
            let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
            guard line.starts(with: "ref:".utf8) else { return Hex.name(line.prefix { $0 > 32 }).map { .object($0) } }
            return .reference(Array(line.dropFirst(4).drop { $0 <= 32 }))
        case .link:
            guard let target = try? tree.target(path), target.starts(with: "refs") else {
                isIncomplete = true
                return nil
            }
            return .reference(target.bytes)
        case nil, .special: isIncomplete = true
        case .directory, .nothing: break
        }
        return nil
    }

    private mutating func readPacked(_ path: FilePath, _ tree: ContainerTree, _ found: inout [[UInt8]: Value]) {
        guard (try? tree.kind(path)) != .nothing else { return }
        guard let bytes = tree.bytes(path, limit: Self.mostBytesOfPacked) else {
            isIncomplete = true
            return
        }
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
            guard words.count == 2, let name = Hex.name(words[0]) else { continue }
            found[Array(words[1])] = .object(name)
        }
    }

    /// The entries of the stash, of which the reference names only the last one.
    private mutating func readStash(_ path: FilePath, _ tree: ContainerTree) {
        guard (try? tree.kind(path)) == .file else { return }
        guard let bytes = tree.bytes(path, limit: 1 << 20) else {
            isIncomplete = true
            return
        }
        for line in bytes.split(separator: UInt8(ascii: "\n")).suffix(Self.mostStashes) {
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
            guard words.count > 1, let name = Hex.name(words[1]) else { continue }
            objects[Array("stash \(Hex.text(name))".utf8)] = name
        }
    }
}
