// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The objects that the references of a repository name (gitrepository-layout(5)): branches, tags, remote branches, the
/// stash, `HEAD` and the like of one work tree, and other files of the repository that git takes for references. Their
/// earlier values follow from the reflogs.
struct GitReferences: Hashable, Sendable {
    private static let mostLevels = 32
    private static let mostBytesOfFile = 1 << 12
    private static let mostSteps = 5
    private static let pseudo = [
        "HEAD", "ORIG_HEAD", "FETCH_HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD", "AUTO_MERGE",
        "MERGE_AUTOSTASH", "BISECT_HEAD", "BISECT_EXPECTED_REV", "BISECT_START",
    ]
    /// The parts of a repository that have no references, or others than of this work tree.
    private static let parts: Set<String> = [
        "objects", "logs", "hooks", "modules", "worktrees", "index", "config", "config.worktree", "packed-refs",
        "shallow", "reftable", "commondir", "gitdir",
    ]
    private static let partsBelow: Set<String> = ["lfs/objects", "lfs/tmp", "annex/objects", "lfs/cache"]

    private enum Value {
        case object([UInt8])
        case reference([UInt8])
    }

    /// The names of the objects, by the names of the references.
    private(set) var objects: [[UInt8]: [UInt8]] = [:]
    /// The earlier objects of the references.
    private(set) var logged: Set<[UInt8]> = []
    /// The entries of the stash, of which the reference names only the last one.
    private(set) var stashed: Set<[UInt8]> = []
    /// The commits whose parents git does not look for.
    private(set) var shallow: Set<[UInt8]> = []
    /// Whether there may be others.
    private(set) var isIncomplete = false

    /// Reads the references.
    ///
    /// - Parameters:
    ///   - path: The repository in `tree`.
    ///   - directory: The directory of the work tree's own files; the repository itself for the main one.
    ///   - budget: The number of files and bytes that are left.
    init(of path: FilePath, directory: FilePath, in tree: ContainerTree, charging budget: GitBudget) {
        var values: [[UInt8]: Value] = [:]
        readPacked(path.appending("packed-refs"), tree, budget, &values)
        if ((try? tree.kind(path.appending("reftable"))) ?? .special) != .nothing { isIncomplete = true }
        for directory in directory == path ? [path] : [path, directory] {
            read(directory, [], tree, budget, &values)
            for name in Self.pseudo {
                if let value = value(directory.appending(name), tree) { values[Array(name.utf8)] = value }
            }
            readLog(directory.pushing("logs/HEAD"), false, tree, budget)
        }
        for (name, value) in values { objects[name] = resolved(value, values) }
        readLogs(path.pushing("logs/refs"), tree, budget)
        let lines = tree.bytes(path.appending("shallow"), limit: 1 << 20) ?? []
        shallow = Set(lines.split(separator: UInt8(ascii: "\n")).compactMap { Hex.name($0) })
    }

    /// The object that a value leads to; `nil` when git finds none either.
    private mutating func resolved(_ value: Value, _ all: [[UInt8]: Value]) -> [UInt8]? {
        var value = value
        for _ in 0..<Self.mostSteps {
            switch value {
            case .object(let name): return name
            case .reference(let name):
                guard let next = all[name] else {
                    if Self.mayBeElsewhere(name) { isIncomplete = true }
                    return nil
                }
                value = next
            }
        }
        isIncomplete = true
        return nil
    }

    /// Whether git may find a reference of that name, which was not read.
    private static func mayBeElsewhere(_ name: [UInt8]) -> Bool {
        let components = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let first = components.first else { return false }
        let isOther = components.contains { $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8) || $0.isEmpty }
        let top = String(decoding: first, as: UTF8.self)
        let below = components.prefix(2).map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
        return isOther || parts.contains(top) || partsBelow.contains(below) || top == "main-worktree"
    }

    private mutating func read(
        _ directory: FilePath, _ name: [UInt8], _ tree: ContainerTree, _ budget: GitBudget,
        _ values: inout [[UInt8]: Value]
    ) {
        guard let names = listed(directory, tree, budget) else { return }
        for component in names {
            let place = directory.appending(component)
            let name = name.isEmpty ? component.bytes : name + [UInt8(ascii: "/")] + component.bytes
            let text = String(decoding: name, as: UTF8.self)
            guard !Self.parts.contains(text), !Self.partsBelow.contains(text) else { continue }
            switch try? tree.kind(place) {
            case .directory: read(place, name, tree, budget, &values)
            // The socket of git's own watch, for example.
            case .special where !name.starts(with: "refs/".utf8): break
            default: if let value = value(place, tree) { values[name] = value }
            }
        }
    }

    private mutating func listed(
        _ directory: FilePath, _ tree: ContainerTree, _ budget: GitBudget
    ) -> [FilePath.Component]? {
        guard directory.components.count < Self.mostLevels,
            let names = try? tree.names(directory, limit: max(0, min(budget.files, 4096)))
        else {
            isIncomplete = true
            return nil
        }
        budget.files -= names.count
        return names
    }

    /// The content of a file of a reference, or the target of a link in its place; `nil` for anything else, which git does
    /// not read either.
    private mutating func value(_ path: FilePath, _ tree: ContainerTree) -> Value? {
        switch try? tree.kind(path) {
        case .file:
            guard let bytes = head(of: path, tree) else {
                isIncomplete = true
                return nil
            }
            guard bytes.starts(with: "ref:".utf8) else { return Hex.name(bytes.prefix { $0 > 32 }).map { .object($0) } }
            // The name ends with the file; one with a space or a line end in it is invalid.
            let name = bytes.dropFirst(4).drop { $0 <= 32 }
            guard let end = name.lastIndex(where: { $0 > 32 }) else { return nil }
            return name[...end].contains { $0 <= 32 } ? nil : .reference(Array(name[...end]))
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

    /// The beginning of a file, whose rest git does not heed after an object's name.
    private func head(of path: FilePath, _ tree: ContainerTree) -> [UInt8]? {
        guard let file = try? tree.open(path, O_RDONLY) else { return nil }
        defer { try? file.close() }
        guard let status = try? ContainerTree.status(of: file), FileKind(mode: status.st_mode) == .file else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: min(Self.mostBytesOfFile, Int(status.st_size)))
        guard let count = try? bytes.withUnsafeMutableBytes({ try file.read(into: $0) }) else { return nil }
        return Array(bytes.prefix(count))
    }

    private mutating func content(_ path: FilePath, _ tree: ContainerTree, _ budget: GitBudget) -> [UInt8]? {
        guard budget.listBytes > 0, let bytes = tree.bytes(path, limit: min(budget.listBytes, 16 << 20)) else {
            isIncomplete = true
            return nil
        }
        budget.listBytes -= bytes.count
        return bytes
    }

    /// Reads the list of references. git searches it as a sorted one; what another reader may see otherwise is incomplete.
    private mutating func readPacked(
        _ path: FilePath, _ tree: ContainerTree, _ budget: GitBudget, _ values: inout [[UInt8]: Value]
    ) {
        guard (try? tree.kind(path)) != .nothing, let bytes = content(path, tree, budget), !bytes.isEmpty else {
            return
        }
        var last: ArraySlice<UInt8> = []
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.popLast()?.isEmpty != true { isIncomplete = true }
        for (number, line) in lines.enumerated() {
            if line.first == UInt8(ascii: "#"), number == 0 { continue }
            if line.first == UInt8(ascii: "^"), !last.isEmpty, Hex.name(line.dropFirst()) != nil { continue }
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
            guard words.count == 2, let name = Hex.name(words[0]), !words[1].contains(where: { $0 <= 32 }),
                last.lexicographicallyPrecedes(words[1])
            else {
                isIncomplete = true
                continue
            }
            last = words[1]
            values[Array(words[1])] = .object(name)
        }
    }

    private mutating func readLogs(_ path: FilePath, _ tree: ContainerTree, _ budget: GitBudget) {
        switch try? tree.kind(path) {
        case .nothing: return
        case .file: readLog(path, path.lastComponent == "stash", tree, budget)
        case .directory:
            for name in listed(path, tree, budget) ?? [] { readLogs(path.appending(name), tree, budget) }
        case nil, .link, .special: isIncomplete = true
        }
    }

    /// Reads the objects before and after each change of a reference.
    private mutating func readLog(_ path: FilePath, _ isStash: Bool, _ tree: ContainerTree, _ budget: GitBudget) {
        guard (try? tree.kind(path)) != .nothing, let bytes = content(path, tree, budget) else { return }
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let names = line.split(separator: UInt8(ascii: " "), maxSplits: 2).prefix(2).compactMap { Hex.name($0) }
            let real = names.filter { $0.contains { $0 != 0 } }
            logged.formUnion(real)
            if isStash { stashed.formUnion(real) }
        }
    }
}
