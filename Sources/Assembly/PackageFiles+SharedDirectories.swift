// SPDX-License-Identifier: Apache-2.0

import Archive

extension PackageFiles {
    /// A directory that packages ship with different modes or owners, as the package that dpkg unpacks first has it: an
    /// existing directory is not changed by later packages.
    struct Disputed: Hashable {
        let path: ArchivePath
        let mode: UInt16
        let uid: UInt32
        let gid: UInt32
    }

    /// A package that ships all paths of `package`, with one of these paths: when dpkg unpacks it after `package`, it
    /// reports that `package` disappeared (Debian Policy 6.6, point 7).
    ///
    /// - Throws: `ArchiveError`.
    func coverer(of package: Package) throws -> (path: ArchivePath, name: String)? {
        var covering: Set<String>?
        var last: ArchivePath?
        for path in package.listed.reversed() {
            let place = try Self.place(of: path)
            guard isCommon(place) else { return nil }
            let others = holders(of: place).subtracting([package.facts.name])
            covering = covering?.intersection(others) ?? others
            last = last ?? place
            if covering?.isEmpty == true { return nil }
        }
        guard let path = last, let name = covering?.min() else { return nil }
        return (path, name)
    }

    /// The directories with different modes or owners, when dpkg unpacks in `order`.
    ///
    /// - Throws: `ArchiveError`.
    func disputedDirectories(order: [String]) throws -> [Disputed] {
        let rank = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        let ranked = packages.sorted { (rank[$0.facts.name] ?? order.count) < (rank[$1.facts.name] ?? order.count) }
        let unusual = Set(try packages.flatMap { try $0.facts.directories.map { try Self.place(of: $0.path) } })
            .filter(isCommon)
        return try unusual.sorted().compactMap { path in
            let holders = holders(of: path)
            let versions = try ranked.filter { holders.contains($0.facts.name) }.map { try $0.directory(at: path) }
            return Set(versions).count > 1 ? versions.first : nil
        }
    }
}

extension PackageFiles.Package {
    /// The mode and owner of the directory `path` in this package.
    fileprivate func directory(at path: ArchivePath) throws -> PackageFiles.Disputed {
        if let own = try facts.directories.first(where: { try PackageFiles.place(of: $0.path) == path }) {
            return .init(path: path, mode: own.mode, uid: own.uid, gid: own.gid)
        }
        return .init(path: path, mode: 0o755, uid: 0, gid: 0)
    }
}
