// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Which things of a store go.
struct CleaningRule: Hashable {
    /// Things that were not used for so many seconds go.
    var age: Int64?
    /// Those least recently used go until the rest takes up no more than that.
    var maximumBytes: UInt64?

    /// What was used within this time stays, whatever the rule: a download of a command that runs is not locked.
    /// Seconds.
    static let grace: Int64 = 600
    /// What is left of a killed process is older than this, in seconds.
    static let temporaryAge: Int64 = 86400

    /// What goes, of `items`, at the time `now`.
    func victims(of items: [StoreInventory.Item], now: Int64) -> [StoreInventory.Item] {
        var victims: [StoreInventory.Item] = []
        var kept: [StoreInventory.Item] = []
        for item in items { if isOld(item, now: now) { victims.append(item) } else { kept.append(item) } }
        guard let maximumBytes else { return victims }
        var total = kept.reduce(UInt64(0)) { $0 + $1.bytes }
        for item in kept.sorted(by: { ($0.lastUse, $1.bytes) < ($1.lastUse, $0.bytes) }) {
            guard total > maximumBytes, now - item.lastUse >= Self.grace else { continue }
            victims.append(item)
            total -= item.bytes
        }
        return victims
    }

    private func isOld(_ item: StoreInventory.Item, now: Int64) -> Bool {
        let unused = now - item.lastUse
        switch item.kind {
        case .temporary: return unused >= Self.temporaryAge
        case .image: return unused >= Self.grace
        case .download, .layer, .record: return age.map { unused >= max($0, Self.grace) } ?? false
        }
    }
}

/// Removes things from a store.
struct StoreCleaning {
    let store: Store
    /// Is told when it has to wait.
    let progress: ProgressSink

    /// Removes `items` while nobody builds and nobody uses layers.
    ///
    /// - Returns: Whether it was done: `false` when a container of an image here runs, or something verifies one.
    /// - Throws: `FileError`.
    func remove(_ items: [StoreInventory.Item]) async throws -> Bool {
        try await store.withBuildLock(progress: progress) {
            let done: Void? = try store.whileUnused {
                for path in items.flatMap(\.paths) { try Files.removeTree(path) }
                try dropRecordsOfMissing()
            }
            return done != nil
        }
    }

    /// Notes that lead to nothing any more.
    private func dropRecordsOfMissing() throws {
        let directory = store.root.appending("builds")
        guard Files.isDirectory(directory) else { return }
        for name in try Files.list(directory) where name.hasPrefix("inputs-") {
            guard let bytes = try? Files.read(directory.appending(name), limit: 1 << 20) else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let range = text.firstRange(of: "sha256:"),
                let manifest = try? Digest(text[range.lowerBound...].prefix("sha256:".count + 64))
            else { continue }
            if !store.contains(manifest) { try Files.removeTree(directory.appending(name)) }
        }
    }
}
