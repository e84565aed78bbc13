// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The record of the files that the last start copied into the persistent home, stored in the project's state, where
/// no container can write: it tells a copy from a file that the container made.
struct CopiedFiles {
    /// The state of one copied path.
    private enum Copy: Hashable {
        case directory
        /// A file's digest and its size in bytes, which bounds what is read of the container's file.
        case file(Digest, size: Int)
    }

    private static let limit = 32 << 20
    private let place: FilePath
    /// The paths below the persistent home.
    private var copies: [FilePath: Copy] = [:]

    /// Reads the record at `place`; it is empty when there is none, or when it is damaged.
    init(at place: FilePath) {
        self.place = place
        for line in ((try? Files.read(place, limit: Self.limit)) ?? []).split(separator: 0) {
            let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2).map(Array.init)
            guard words.count == 3, let copy = Self.copy(words[0], words[1]) else { continue }
            copies[FilePath(bytes: words[2])] = copy
        }
    }

    private static func copy(_ size: [UInt8], _ digest: [UInt8]) -> Copy? {
        if digest == [UInt8(ascii: "-")] { return .directory }
        let (size, digest) = (String(decoding: size, as: UTF8.self), String(decoding: digest, as: UTF8.self))
        guard let size = Int(size), let digest = try? Digest(hex: digest) else { return nil }
        return .file(digest, size: size)
    }

    /// Writes the record, which then contains `entries`, and the earlier copies below `unread`.
    ///
    /// - Throws: `FileError`.
    mutating func record(_ entries: [CallerConfiguration.Entry], unread: Set<FilePath>) throws {
        copies = copies.filter { Self.isBelow(unread, $0.key) }
        // A directory of the home itself is a mount, which stays.
        for entry in entries where entry.path.components.count > 1 {
            copies[entry.path] = entry.bytes.map { .file(Digest(of: $0), size: $0.count) } ?? .directory
        }
        let bytes = copies.map { path, copy in Self.words(copy) + path.bytes + [0] }
        let sorted = bytes.sorted { $0.lexicographicallyPrecedes($1) }.flatMap(\.self)
        if sorted.isEmpty && !Files.exists(place) { return }
        try Files.write(sorted, to: place)
    }

    private static func words(_ copy: Copy) -> [UInt8] {
        switch copy {
        case .directory: Array("0 - ".utf8)
        case .file(let digest, let size): Array("\(size) \(digest.hex) ".utf8)
        }
    }

    /// Removes the copies whose sources are gone, unless the container changed them.
    ///
    /// - Parameters:
    ///   - entries: The sources of this start.
    ///   - unread: The paths with sources that were not read.
    /// - Returns: The paths that stay because the container changed them, in order.
    func removeGone(
        except entries: [CallerConfiguration.Entry], unread: Set<FilePath>, in tree: ContainerTree
    ) -> [FilePath] {
        let present = Dictionary(entries.map { ($0.path, $0.bytes == nil) }) { $1 }
        let gone = copies.filter { path, copy in
            present[path] != (copy == .directory) && !Self.isBelow(unread, path)
        }
        var kept: [FilePath] = []
        // Children come before their parents, whose paths are shorter.
        for (path, copy) in gone.sorted(by: { $0.key.length > $1.key.length }) {
            switch copy {
            case .directory: try? tree.removeDirectory(path)
            case .file(let digest, let size):
                if (try? tree.unlink(path, holding: digest, size: size)) != true { kept.append(path) }
            }
        }
        return kept.sorted { $0.string < $1.string }
    }

    private static func isBelow(_ places: Set<FilePath>, _ path: FilePath) -> Bool {
        var path = path
        repeat { if places.contains(path) { return true } } while path.removeLastComponent() && !path.isEmpty
        return false
    }
}
