// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// The way in which the packages' files get into the image: most are unpacked without dpkg, directly into the layers'
/// trees; packages that need dpkg's rules are hidden in the configure step, and dpkg unpacks them there after the
/// others.
///
/// The package layers are the same either way. Where dpkg writes the same files as the layer, they are dropped from its
/// result; where it writes others, the state layers contain them.
package struct UnpackPlan: Sendable {
    /// The reason why dpkg itself unpacks a package.
    package enum Reason: Hashable, Sendable {
        /// Another package ships the same path.
        case shares(path: ArchivePath, with: String)
        /// One of its configuration files is not a regular file.
        case conffile(String)
        /// A previous configure step left the path different from dpkg's result.
        case differed(path: String)
        /// The package ships a file in a volatile directory, which no layer contains.
        case passing(String)
        /// Its `preinst` may need a package that would not be configured yet when it runs (Debian Policy 7.2).
        case preDepends(on: String)
    }

    /// The files of the packages.
    package let files: PackageFiles
    /// The packages that dpkg unpacks, with the reasons.
    package let reasons: [String: Reason]
    /// The same packages in the order in which dpkg unpacks them: those of the base first.
    package let byDpkg: [PackageFacts]
    /// The packages to configure before dpkg unpacks a package, by its name; each after its dependencies.
    package let before: [String: [PackageFacts]]
    /// The packages that are configured before any other package's first script runs (`PackageRelations.base`), each
    /// after its dependencies.
    package let base: [PackageFacts]
    /// Paths that only these packages ship and that are hidden before the first script runs.
    package let hidden: [ArchivePath]
    /// Paths that are set aside while the `preinst` of the package that ships them runs, by the package's name in
    /// dpkg's database.
    package let aside: [String: [ArchivePath]]
    /// Configuration files that keep dpkg's temporary names (`NAME.dpkg-new`) until their package is configured.
    package let waiting: [ArchivePath]
    /// Directories whose mode or owner may differ in their topmost layer.
    package let directories: [ArchiveEntry]
    /// The packages with such configuration files.
    package let withWaiting: Set<String>

    /// Creates the plan for packages with `files`; dpkg always unpacks the packages in `differed`.
    ///
    /// - Throws: `AssemblyError.conflict` when two packages ship the same file and neither replaces the other;
    ///   `DebianError`, `ArchiveError`, `FileError`.
    package init(for files: PackageFiles, differed: [String: String] = [:]) throws {
        let relations = try PackageRelations(of: files.packages.map(\.facts))
        let base = relations.base
        var reasons = differed.mapValues { Reason.differed(path: $0) }
        for (name, reason) in try Self.reasons(for: files, relations, base: base) {
            reasons[name] = reasons[name] ?? reason
        }
        try Self.refuseConflicts(files, relations)
        let facts = Dictionary(files.packages.map { ($0.facts.name, $0.facts) }) { first, _ in first }
        self.files = files
        self.reasons = reasons
        let order =
            relations.order(of: Array(base)) + relations.order(of: Array(facts.keys)).filter { !base.contains($0) }
        byDpkg = order.filter { reasons[$0] != nil }.compactMap { facts[$0] }
        before = byDpkg.reduce(into: [:]) { before, package in
            let names = relations.before(package.name, base: base)
            if !names.isEmpty { before[package.name] = names.compactMap { facts[$0] } }
        }
        self.base = order.filter(base.contains).compactMap { facts[$0] }
        hidden = try Self.hidden(files, byDpkg: Set(reasons.keys), base: base)
        let waiting = files.packages.map(\.facts).filter { !base.contains($0.name) && reasons[$0.name] == nil }
        withWaiting = Set(waiting.map(\.name))
        directories = try files.disputedDirectories(order: order).map {
            ArchiveEntry(path: $0.path, kind: .directory, mode: $0.mode, uid: $0.uid, gid: $0.gid)
        }
        aside = try Self.aside(files, except: base.union(reasons.keys))
        self.waiting = try waiting.flatMap { try $0.shippedConffiles.map { try PackageFiles.place(of: $0.path) } }
    }

    private static func reasons(
        for files: PackageFiles, _ relations: PackageRelations, base: Set<String>
    ) throws -> [String: Reason] {
        var reasons: [String: Reason] = [:]
        for shared in files.shared {
            for name in shared.packages where reasons[name] == nil {
                let other = shared.packages.first { $0 != name } ?? name
                reasons[name] = .shares(path: shared.path, with: other)
            }
        }
        for package in files.packages {
            guard let (path, other) = try files.coverer(of: package) else { continue }
            for (one, other) in [(package.facts.name, other), (other, package.facts.name)] where reasons[one] == nil {
                reasons[one] = .shares(path: path, with: other)
            }
        }
        for package in files.packages where reasons[package.facts.name] == nil {
            let name = package.facts.name
            if let path = package.facts.contested.first { reasons[name] = .differed(path: path) }
            if let path = package.facts.passing.first { reasons[name] = .passing(path) }
            if let path = try package.oddConffile { reasons[name] = .conffile(path) }
            if !base.contains(name), let needed = relations.before(name, base: base).first,
                let script = try package.preinst, !PreinstReader(script).isHarmless
            {
                reasons[name] = .preDepends(on: needed)
            }
        }
        return reasons
    }

    private static func aside(_ files: PackageFiles, except others: Set<String>) throws -> [String: [ArchivePath]] {
        var aside: [String: [ArchivePath]] = [:]
        for package in files.packages where !others.contains(package.facts.name) {
            let paths = try files.ownPathsInPreinst(of: package)
            if !paths.isEmpty { aside[package.facts.qualifiedName] = paths }
        }
        return aside
    }

    /// Reports certain conflicts before anything is run; dpkg decides on the others, which diversions may resolve.
    private static func refuseConflicts(_ files: PackageFiles, _ relations: PackageRelations) throws {
        for shared in files.shared where shared.areFiles {
            guard try !files.packages.contains(where: { try $0.mayDivert(shared) }) else { continue }
            for (position, one) in shared.packages.enumerated() {
                for other in shared.packages[(position + 1)...] where !relations.replaces(one, other) {
                    let names = try files.names(of: shared.path, in: [one, other])
                    throw AssemblyError.conflict(path: shared.path.string, packages: [one, other], names: names)
                }
            }
        }
    }

    /// The topmost paths that only packages unpacked by dpkg ship. Paths of essential packages are kept: nothing could
    /// be unpacked without them.
    private static func hidden(
        _ files: PackageFiles, byDpkg: Set<String>, base: Set<String>
    ) throws -> [ArchivePath] {
        guard !byDpkg.isEmpty else { return [] }
        var (staying, leaving) = (Set<ArchivePath>(), Set<ArchivePath>())
        var database: [ArchivePath] = []
        for package in files.packages {
            let name = package.facts.name
            let places = try package.listed.map { try PackageFiles.place(of: $0) }
            if byDpkg.contains(name), !base.contains(name) {
                leaving.formUnion(places)
            } else {
                staying.formUnion(places)
            }
            if byDpkg.contains(name) {
                database += try PackageFiles.databaseFiles(of: package).map { try ArchivePath($0) }
            }
        }
        leaving.subtract(staying)
        return (leaving.filter { path in path.parent.map { !leaving.contains($0) } ?? false } + database).sorted()
    }
}

extension PackageFiles.Package {
    /// A configuration file that is not a regular file in the tree.
    fileprivate var oddConffile: String? {
        get throws {
            try facts.shippedConffiles.map(\.path).first { path in
                let file = tree.pushing(FilePath(try PackageFiles.place(of: path).string))
                return (try? Files.target(of: file)) != nil
            }
        }
    }

    /// Whether its `preinst` may divert a path: it uses dpkg-divert, and the path is its own or one that it mentions.
    fileprivate func mayDivert(_ shared: PackageFiles.Shared) throws -> Bool {
        guard let script = try preinst, script.contains("dpkg-divert") else { return false }
        return shared.packages.contains(facts.name) || script.contains(shared.path.name)
    }

    /// The text of its `preinst`.
    var preinst: String? {
        get throws {
            let file = tree.pushing("var/lib/dpkg/info").appending("\(facts.qualifiedName).preinst")
            guard Files.exists(file) else { return nil }
            return String(decoding: try Files.read(file, limit: 1 << 24), as: UTF8.self)
        }
    }
}
