// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import SystemPackage

/// Selects the entries of a store to remove.
package struct CleaningRule: Hashable, Sendable {
    /// The maximum age since the last use, in seconds.
    package var age: Int64?
    /// The maximum size; the least recently used entries are removed first.
    package var maximumBytes: UInt64?

    /// Creates a rule; `nil` is no limit.
    package init(age: Int64?, maximumBytes: UInt64?) { (self.age, self.maximumBytes) = (age, maximumBytes) }

    /// Entries used within this time are kept, whatever the rule, because the downloads of a running command are not
    /// locked. In seconds.
    static let grace: Int64 = 600
    /// The minimum age of a killed process's remains, in seconds.
    static let temporaryAge: Int64 = 86400

    /// The entries of `items` to remove at the time `now`.
    package func victims(of items: [StoreInventory.Item], now: Int64) -> [StoreInventory.Item] {
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

/// Removes entries from a store.
package struct StoreCleaning: Sendable {
    private let store: Store
    private let progress: ProgressSink

    /// Creates a cleaning of `store`; `progress` is notified when it has to wait.
    package init(store: Store, progress: @escaping ProgressSink) { (self.store, self.progress) = (store, progress) }

    /// Removes `items` while no build runs and no layer is in use.
    ///
    /// - Throws: `StoreMaintenanceError.storeInUse` when a container of an image here runs, or a verification, and
    ///   nothing was removed; `FileError`.
    package func remove(_ items: [StoreInventory.Item]) async throws {
        try await store.withBuildLock(progress: progress) {
            let done: Void? = try store.whileUnused {
                for path in items.flatMap(\.paths) { try Files.removeTree(path) }
                try dropRecordsOfMissing()
            }
            guard done != nil else { throw StoreMaintenanceError.storeInUse }
        }
    }

    /// Removes records whose targets do not exist any more.
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
