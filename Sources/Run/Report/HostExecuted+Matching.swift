// SPDX-License-Identifier: Apache-2.0

extension HostExecuted {
    /// The meaning of a name in its directory.
    enum Match: UInt8 {
        /// Not executed by the host.
        case none
        /// A file that the host executes.
        case file
        /// A directory with such files, or a file or link in its place.
        case directory
        /// A directory of third-party packages.
        case dependency
        /// A file that git reads in a worktree.
        case git
        /// A file that git executes as a hook when it is executable.
        case hook
        /// `.git`.
        case repository
    }

    /// The lists as hashes of names, because a walk looks up every name and must not allocate strings.
    struct Table: Sendable {
        private var exact: [UInt64: (name: [UInt8], match: Match)] = [:]
        private var endings: [UInt64: [UInt8]] = [:]
        private var stems: [UInt64: [UInt8]] = [:]
        private var nested: [UInt64: [UInt8]] = [:]
        private var above: [UInt64: [UInt8]] = [:]

        static let shared = Table()

        private init() {
            let lists: [(Set<String>, Match)] = [
                (HostExecuted.names, .file), (HostExecuted.directories, .directory),
                (HostExecuted.dependencies, .dependency), (HostExecuted.git, .git), (HostExecuted.hooks, .hook),
                ([".git"], .repository),
            ]
            for (list, match) in lists {
                for name in list { exact[Self.hash(name.utf8)] = (Array(name.utf8), match) }
            }
            for name in HostExecuted.endings { endings[Self.hash(name.utf8)] = Array(name.utf8) }
            for name in HostExecuted.stems { stems[Self.hash(name.utf8)] = Array(name.utf8) }
            for (directory, name) in HostExecuted.nested {
                above[Self.hash(directory.utf8)] = Array(directory.utf8)
                let path = "\(directory)/\(name)"
                nested[Self.hash(path.utf8)] = Array(path.utf8)
            }
        }

        /// FNV-1a (RFC 9923), continued from the hash of a prefix.
        private static func hash(_ bytes: some Sequence<UInt8>, from start: UInt64 = 0xcbf2_9ce4_8422_2325) -> UInt64 {
            bytes.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }

        /// The meaning of `name` in a directory for which `isAbove` returned `above`.
        func match(_ name: UnsafeBufferPointer<UInt8>, below above: [UInt8]?) -> Match {
            let hash = Self.hash(name)
            if let found = exact[hash], found.name.elementsEqual(name) { return found.match }
            if let above {
                let start = Self.hash(CollectionOfOne(UInt8(ascii: "/")), from: Self.hash(above))
                let path = nested[Self.hash(name, from: start)]
                if let path, path.count == above.count + 1 + name.count, path.suffix(name.count).elementsEqual(name) {
                    return .directory
                }
            }
            return matchesPart(name) ? .file : .none
        }

        /// The name of a directory in which some names have a special meaning.
        func above(_ name: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
            above[Self.hash(name)].flatMap { $0.elementsEqual(name) ? $0 : nil }
        }

        private func matchesPart(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
            guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return false }
            let ending = name[(dot + 1)...]
            if let found = endings[Self.hash(ending)], dot > 0, found.elementsEqual(ending) { return true }
            var hash = Self.hash(EmptyCollection())
            for index in 0...dot {
                hash = Self.hash(CollectionOfOne(name[index]), from: hash)
                guard index > 0, name[index] == UInt8(ascii: "."), let stem = stems[hash] else { continue }
                if stem.elementsEqual(name[...index]) { return true }
            }
            return false
        }
    }

    /// Whether the file at `path`, relative to a project, is such a file.
    package static func matches(_ path: [String]) -> Bool {
        var above: [UInt8]?
        for (index, name) in path.enumerated() {
            let (match, next) = Array(name.utf8).withUnsafeBufferPointer { bytes in
                (Table.shared.match(bytes, below: above), Table.shared.above(bytes))
            }
            above = next
            if match == .directory { return true }
            if index == path.count - 1 { return match != .none && match != .dependency }
        }
        return false
    }
}
