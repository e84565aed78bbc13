// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The file that a program finds at a path of a tree, following links within the tree.
///
/// A renamed directory keeps its old files with their times; their identities show that they are not the previous
/// files.
enum PlaceState: Hashable, Sendable {
    /// No file, or a link to nothing.
    case nothing
    /// A file and its change time.
    case file(FileIdentity, Moment)
    /// A directory, with its entries if they matter.
    case directory(FileIdentity, [FilePath.Component: PlaceState])
    /// A link on the way that leads to nothing, or out of the tree, where the container cannot change anything.
    case link(FileIdentity, Moment)
    /// The kernel returned an error, or a directory has too many entries.
    case unknown

    private static let mostEntries = 4096

    /// Whether it is a directory without other entries than directories.
    var hasOnlyDirectories: Bool {
        guard case .directory(_, let entries) = self else { return false }
        return entries.values.allSatisfy { if case .directory = $0 { true } else { false } }
    }

    /// Determines the state of `path` in `tree`.
    ///
    /// - Parameter listing: Whether the entries of a directory matter.
    init(_ path: FilePath, in tree: ContainerTree, listing: Bool) {
        let found: FileDescriptor
        do { found = try Self.follow(path, in: tree) } catch {
            let isNothing = [.noSuchFileOrDirectory, .notDirectory].contains(error)
            self =
                tree.firstLink(on: path).map { .link(FileIdentity($0.status), Moment($0.status)) }
                ?? (isNothing ? .nothing : .unknown)
            return
        }
        defer { try? found.close() }
        guard let status = try? ContainerTree.status(of: found) else {
            self = .unknown
            return
        }
        guard FileKind(mode: status.st_mode) == .directory else {
            self = .file(FileIdentity(status), Moment(status))
            return
        }
        guard listing else {
            self = .directory(FileIdentity(status), [:])
            return
        }
        guard let names = try? ContainerTree(found, path: "").names("", limit: Self.mostEntries) else {
            self = .unknown
            return
        }
        let entries = names.map { ($0, PlaceState(path.appending($0), in: tree, listing: false)) }
        self = .directory(FileIdentity(status), Dictionary(entries) { $1 })
    }

    /// The kernel follows no absolute link beneath a directory (openat2(2), RESOLVE_BENEATH); programs of the host do.
    private static func follow(_ path: FilePath, in tree: ContainerTree) throws(Errno) -> FileDescriptor {
        do { return try tree.follow(path) } catch {
            guard error == .improperLink, case .there(let end) = LinkTrail(path, in: tree).ending,
                let found = try? tree.locate(end)
            else { throw error }
            return found
        }
    }

    /// The state of a directory without the entries `names`.
    func without(_ names: [FilePath.Component]) -> PlaceState {
        guard case .directory(let identity, let entries) = self else { return self }
        return .directory(identity, entries.filter { !names.contains($0.key) })
    }

    /// The names in a directory that refer to other files than in `before`; all of them for another directory.
    func others(than before: PlaceState) -> [FilePath.Component] {
        guard case .directory(let identity, let entries) = self else { return [] }
        guard case .directory(identity, let known) = before else { return Array(entries.keys) }
        return entries.filter { known[$0.key] != $0.value }.map(\.key)
    }
}
