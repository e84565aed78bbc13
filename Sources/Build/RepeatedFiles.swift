// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Core
import SystemPackage

/// Files that the configure step wrote identically to the packages' layers: files that dpkg unpacked, and configuration
/// files that it installed. The state layers omit them.
struct RepeatedFiles {
    private let plan: UnpackPlan
    /// The layers' trees, the topmost first.
    private let trees: [FilePath]
    private let candidates: Set<ArchivePath>
    private let comparison = FileComparison()

    /// Finds the candidates that a step with `plan` may have written over `layers`.
    ///
    /// - Throws: `ArchiveError`.
    init(of plan: UnpackPlan, over layers: [CachedLayer]) throws {
        self.plan = plan
        trees = layers.map(\.tree).reversed()
        var candidates = Set(plan.waiting).union(plan.hidden)
        for path in plan.waiting + plan.aside.values.joined() { candidates.formUnion(path.ancestors) }
        for package in plan.files.packages {
            let aside = plan.aside[package.facts.qualifiedName] ?? []
            guard plan.reasons[package.facts.name] != nil || !aside.isEmpty else { continue }
            candidates.formUnion(try package.listed.map { try PackageFiles.place(of: $0) })
        }
        self.candidates = candidates
    }

    /// Removes these files from `changes`.
    ///
    /// - Throws: `FileError`.
    func remove(from changes: inout TreeChanges) throws {
        var repeated = Set<ArchivePath>()
        for path in candidates {
            guard let change = changes.entries[path], change.entry.kind != .directory else { continue }
            if try isRepeated(path, change) { repeated.insert(path) }
        }
        // The target of a remaining hard link must be kept.
        for (path, change) in changes.entries where !repeated.contains(path) {
            if case .hardlink(let target) = change.entry.kind { repeated.remove(target) }
        }
        let staying = changes.entries.filter { !repeated.contains($0.key) && $0.value.entry.kind != .directory }
        var needed = Set(staying.keys.flatMap(\.ancestors))
        for path in changes.hidden { needed.formUnion(path.ancestors) }
        for path in candidates {
            guard let change = changes.entries[path], change.entry.kind == .directory, !needed.contains(path) else {
                continue
            }
            if try isRepeated(path, change) { repeated.insert(path) }
        }
        for path in repeated { changes.entries[path] = nil }
    }

    private func isRepeated(_ path: ArchivePath, _ change: TreeChanges.Change) throws -> Bool {
        guard let file = trees.lazy.map({ $0.pushing(FilePath(path.string)) }).first(where: Files.exists) else {
            return false
        }
        // dpkg gives its own files the current time.
        let isDatabase = path.string.hasPrefix("var/lib/dpkg/info/")
        return try comparison.areSame(change.file, file, metadata: true, times: !isDatabase)
    }
}

extension ArchivePath {
    /// The directories above the path, without the root.
    var ancestors: [ArchivePath] {
        var (found, path) = ([ArchivePath](), parent)
        while let current = path, !current.isRoot {
            found.append(current)
            path = current.parent
        }
        return found
    }
}
