// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// The directories that are never mounted into a container, nor their parents: mounting `/home/me` would mount
/// `~/.ssh`.
package struct ProtectedPaths: Sendable {
    /// A place with the reason.
    struct Place: Hashable, Sendable {
        let path: FilePath
        let why: String
        /// Whether directories below it are refused too.
        let isSealed: Bool
        /// The path whose links lead here, when it differs.
        var name: FilePath?
        /// Whether the targets of links are protected too; in a project, a container controls the links.
        var isFollowed = true
        /// The environment variable that names it.
        var variable: String?

        /// The refusal of a directory above it.
        var enclosed: Refusal { Refusal(why: "'\(path)' is in it", place: path, variable: variable) }
    }

    /// The reason why a directory is not mounted.
    package struct Refusal: Hashable, Sendable {
        /// The reason, as the end of a sentence.
        package let why: String
        /// The protected place within the directory, when that is the reason.
        var place: FilePath?
        /// The environment variable that names the place.
        var variable: String?
    }

    let places: [Place]
    /// The trees that containers write: no link in them is followed.
    package let written: WrittenTrees
    /// The mount table of the host.
    let mounts: MountPoints
    /// Exceptions below sealed places: removable media.
    private let free: [FilePath] = ["/run/media"]

    /// Collects the directories of the system, those below home directories, and those of environment variables.
    ///
    /// - Parameters:
    ///   - home: The caller's home.
    ///   - otherHomes: Other home directories of the caller: those of the account database and of the user who called
    ///     sudo.
    ///   - environment: The caller's environment, from which variables that name credentials are read.
    ///   - own: Directories of this program that hold credentials or other projects' state.
    ///   - mounts: The mount points: a path may also be visible elsewhere.
    ///   - written: The trees that containers write.
    package init(
        home: FilePath, otherHomes: [FilePath] = [], environment: [String: String] = [:], own: [FilePath] = [],
        mounts: MountPoints = MountPoints(""), written: WrittenTrees = WrittenTrees([])
    ) {
        self.written = written
        let homes = [home] + otherHomes.filter { $0 != home && $0.isAbsolute && !$0.components.isEmpty }
        let named = NamedPlaces(environment: environment, homes: homes, roots: Self.roots.map { FilePath($0) })
        let all =
            homes.flatMap { Self.places(inHome: $0, isFirst: $0 == home) } + named.places
            + Self.engines.map { Place(path: FilePath($0), why: Self.enginesOwn, isSealed: true) }
            + own.map { Place(path: $0, why: "it belongs to this program", isSealed: true) }
            + Self.system.map { Place(path: FilePath($0), why: "it is part of the system", isSealed: true) }
            + Self.roots.map { Place(path: FilePath($0), why: "projects of all kinds are in it", isSealed: false) }
        // A protected directory may be a link; its target is then protected.
        places = all.flatMap { Self.followed($0, notIn: written) }
        self.mounts = mounts
    }

    /// The path and the target of its links. A target in a project is protected only when no link of a container leads
    /// on from there.
    private static func followed(_ place: Place, notIn written: WrittenTrees) -> [Place] {
        guard let real = RealPath.of(place.path), real != place.path else { return [place] }
        var target = Place(path: real, why: place.why, isSealed: place.isSealed, name: place.path)
        target.variable = place.variable
        guard case .tree(let root, let below) = CallerPath(place.path, trees: written) else { return [place, target] }
        if root.pushing(below) == real { return [place, target] }
        var unfollowed = place
        unfollowed.isFollowed = false
        return [unfollowed]
    }

    private static func places(inHome home: FilePath, isFirst: Bool) -> [Place] {
        let itself = isFirst ? "it is your home directory" : "it is a home directory of yours"
        let shown = isFirst ? "~" : home.string
        return [Place(path: home, why: "\(itself), with all credentials in it", isSealed: false)]
            + ["docker", "containers"].map {
                Place(path: home.pushing(".local/share").appending($0), why: enginesOwn, isSealed: true)
            }
            + secrets.map {
                Place(path: home.pushing(FilePath($0)), why: "'\(shown)/\($0)' holds credentials", isSealed: true)
            }
    }

    /// Why the real path `path` is not mounted: it is a place, below or above one, or a place is mounted below it;
    /// `nil` when it may be mounted.
    package func refusal(of path: FilePath) -> Refusal? {
        if let refusal = refusal(ofName: path) ?? refusal(ofOrigins: path) { return refusal }
        for point in mounts.below(path) {
            if let refusal = sameFileRefusal(of: point) ?? refusal(ofOrigins: point) {
                return Refusal(why: "'\(point)' in it is a mount, and \(refusal.why)")
            }
        }
        return nil
    }

    /// The path of the caller whose links lead to `place` within `path`, where a container of the project can have
    /// created it.
    func name(of place: FilePath, in path: FilePath) -> FilePath? {
        places.lazy.compactMap { $0.path == place ? $0.name : nil }.first { !$0.starts(with: path) }
    }

    private func refusal(ofName path: FilePath) -> Refusal? {
        if path.components.isEmpty { return Refusal(why: "it is the whole machine") }
        if free.contains(where: { path.starts(with: $0) && path != $0 }) { return nil }
        for place in places {
            if path == place.path || (place.isSealed && path.starts(with: place.path)) {
                return Refusal(why: place.why)
            }
            if place.path.starts(with: path) { return place.enclosed }
        }
        return Self.refusalInHomes(of: path).map { Refusal(why: $0) } ?? sameFileRefusal(of: path)
    }

    /// The same check for a bind mount of a place's subdirectory, whose parents are visible elsewhere.
    private func refusal(ofOrigins path: FilePath) -> Refusal? {
        guard let own = RealPath.identity(path) else { return nil }
        for origin in mounts.origins(of: path) where RealPath.identity(origin) == own {
            if let refusal = refusal(ofName: origin) { return refusal }
        }
        return nil
    }

    /// The same places in other users' homes, which root may use.
    private static func refusalInHomes(of path: FilePath) -> String? {
        guard path.starts(with: "/home"), path.components.count >= 2 else { return nil }
        let home = FilePath(root: "/", path.components.prefix(2))
        if path == home { return "it is another user's home directory" }
        let secret = secrets.first { name in
            let place = home.pushing(FilePath(name))
            return path.starts(with: place) || place.starts(with: path)
        }
        return secret.map { "'\(home)/\($0)' holds credentials" }
    }

    /// The same check by device and inode: a bind mount shows a directory under another name.
    private func sameFileRefusal(of path: FilePath) -> Refusal? {
        let above = Set(RealPath.withAncestors(path).dropLast().compactMap(RealPath.identity))
        guard let own = RealPath.identity(path) else { return nil }
        for place in places {
            guard place.isFollowed, let identity = RealPath.identity(place.path) else { continue }
            if identity == own || (place.isSealed && above.contains(identity)) {
                return Refusal(why: place.why)
            }
            let ancestors = RealPath.withAncestors(place.path).dropFirst()
            if ancestors.contains(where: { RealPath.identity($0) == own }) { return place.enclosed }
        }
        return nil
    }
}
