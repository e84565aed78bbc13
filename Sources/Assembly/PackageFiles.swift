// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Glibc
import SystemPackage

/// The paths that the packages of an image ship, from dpkg's lists in the layers' trees, and the paths that they share.
package struct PackageFiles: Sendable {
    /// One package.
    package struct Package: Sendable {
        /// The facts of the package for dpkg's database.
        package let facts: PackageFacts
        /// The tree of its layer.
        package let tree: FilePath
        /// The absolute paths of its list, in order, without the root.
        package let listed: [String]

        /// Whether another package of the layer provides `path` in the tree.
        func isContested(_ path: ArchivePath) throws -> Bool {
            try facts.contested.contains { try PackageFiles.place(of: $0) == path }
        }
    }

    /// A path of several packages that is not a directory in all of them.
    package struct Shared: Hashable, Sendable {
        /// The path in the image.
        package let path: ArchivePath
        /// The packages, sorted by name.
        package let packages: [String]
        /// Whether it is a regular file in each of them.
        package let areFiles: Bool
    }

    /// The packages, sorted by name.
    package let packages: [Package]
    /// The position of the first package that ships each path of the image.
    private let owners: [ArchivePath: Int]
    private let others: [ArchivePath: [Int]]
    /// The shared paths, sorted.
    package let shared: [Shared]

    /// Reads the files of the packages in `layers`.
    ///
    /// - Throws: `FileError` when a list cannot be read; `AssemblyError.whiteout`; `ArchiveError`.
    package init(of layers: [CachedLayer]) throws {
        packages = try layers.flatMap { layer in
            try layer.packages.map {
                Package(facts: $0, tree: layer.tree, listed: try Self.list(of: $0, in: layer.tree))
            }
        }
        .sorted { $0.facts.name < $1.facts.name }
        try packages.forEach(Self.refuseWhiteouts)
        var owners: [ArchivePath: Int] = [:]
        var others: [ArchivePath: [Int]] = [:]
        for (position, package) in packages.enumerated() {
            for path in package.listed {
                let place = try Self.place(of: path)
                if owners[place] == nil {
                    owners[place] = position
                } else {
                    others[place, default: []].append(position)
                }
            }
        }
        try Self.refuseMissingDirectories(packages, owners)
        try Self.addContested(of: packages, owners, to: &others)
        self.owners = owners
        self.others = others
        shared = try Self.shared(others, owners, packages)
    }

    /// The first package that ships `path`.
    package func owner(of path: ArchivePath) -> Package? { owners[path].map { packages[$0] } }

    /// Whether several packages ship `path`.
    func isCommon(_ path: ArchivePath) -> Bool { others[path] != nil }

    /// The names of the packages that ship `path`.
    func holders(of path: ArchivePath) -> Set<String> {
        Set(([owners[path]].compactMap { $0 } + (others[path] ?? [])).map { packages[$0].facts.name })
    }

    /// The names under which `packages` ship `path`, when one of them is not its name in the image.
    ///
    /// - Throws: `ArchiveError`.
    func names(of path: ArchivePath, in packages: [String]) throws -> [String] {
        let found = try packages.compactMap { name in
            try self.packages.first { $0.facts.name == name }?.listed.first { try Self.place(of: $0) == path }
        }
        return found.allSatisfy { $0 == "/\(path)" } ? [] : found
    }

    /// The path in the image of a path that a package ships.
    ///
    /// - Throws: `ArchiveError` for text that is not a valid path.
    package static func place(of path: String) throws -> ArchivePath {
        try MergedUsr.resolve(ArchivePath(String(path.drop { $0 == "/" })))
    }

    /// The paths of `package`'s files in dpkg's database, in the tree of its layer.
    ///
    /// - Throws: `FileError`.
    static func databaseFiles(of package: Package) throws -> [String] {
        let prefix = package.facts.qualifiedName + "."
        return try Files.list(package.tree.pushing("var/lib/dpkg/info")).filter { name in
            // python3.* also matches python3.11.postinst.
            name.hasPrefix(prefix) && !name.dropFirst(prefix.count).contains(".")
        }
        .map { "var/lib/dpkg/info/\($0)" }
    }

    private static func refuseWhiteouts(_ package: Package) throws(AssemblyError) {
        if let path = package.listed.first(where: { $0.contains("/.wh.") }) {
            throw .whiteout(path: path, package: package.facts.name)
        }
    }

    /// dpkg makes no directories that packages do not ship (`tarobject` in its `src/main/archives.c`).
    private static func refuseMissingDirectories(_ packages: [Package], _ owners: [ArchivePath: Int]) throws {
        for package in packages {
            var known: ArchivePath?
            for path in package.listed {
                guard let parent = try place(of: path).parent, parent != known else { continue }
                guard owners[parent] != nil || StandardDirectories.contain(parent) else {
                    throw AssemblyError.missingDirectory(path: path, package: package.facts.name)
                }
                known = parent
            }
        }
    }

    private static func list(of facts: PackageFacts, in tree: FilePath) throws -> [String] {
        let file = tree.pushing("var/lib/dpkg/info").appending("\(facts.qualifiedName).list")
        return lines(try Files.read(file, limit: 1 << 26)).filter { $0 != "/." }
    }

    /// The lines of a file of dpkg's database.
    static func lines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Adds contested paths: the other package may have such a path only through a directory above it.
    private static func addContested(
        of packages: [Package], _ owners: [ArchivePath: Int], to others: inout [ArchivePath: [Int]]
    ) throws {
        for (position, package) in packages.enumerated() {
            for contested in package.facts.contested {
                var path: ArchivePath? = try place(of: contested)
                while let current = path, !current.isRoot {
                    if let owner = owners[current], owner != position {
                        others[current, default: []].append(position)
                        break
                    }
                    path = current.parent
                }
            }
        }
    }

    private static func shared(
        _ others: [ArchivePath: [Int]], _ owners: [ArchivePath: Int], _ packages: [Package]
    ) throws -> [Shared] {
        var shared: [Shared] = []
        for (path, positions) in others {
            let all = Set([owners[path]].compactMap { $0 } + positions).sorted().map { packages[$0] }
            let types = all.map { type(of: path, in: $0.tree) }
            let isContested = try all.contains { try $0.isContested(path) }
            guard all.count > 1, isContested || !types.allSatisfy({ $0 == S_IFDIR }) else { continue }
            let areFiles = types.allSatisfy { $0 == S_IFREG }
            shared.append(Shared(path: path, packages: all.map(\.facts.name), areFiles: areFiles))
        }
        return shared.sorted { $0.path < $1.path }
    }

    private static func type(of path: ArchivePath, in tree: FilePath) -> mode_t {
        guard let status = try? Files.status(of: tree.pushing(FilePath(path.string))) else { return 0 }
        return status.st_mode & S_IFMT
    }
}
