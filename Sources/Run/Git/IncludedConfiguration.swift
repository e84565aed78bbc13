// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The variables of configurations, with those of the files that they include (git-config(1), "Includes"). Every condition of
/// an `includeIf` is taken to hold: what it asks for can change.
struct IncludedConfiguration {
    /// What is in a file that is included.
    enum Contents {
        /// Its bytes.
        case bytes([UInt8])
        /// There is no such file.
        case nothing
        /// It is there, and cannot be read.
        case unreadable(FileError)
    }

    /// A variable, and the directory that a path in it is relative to, where it includes a file.
    typealias Variable = (entry: GitConfiguration.Entry, base: FilePath)

    private static let mostFiles = 64

    /// The variables, those of the included files last.
    private(set) var variables: [Variable] = []
    /// The first file that could not be read.
    private(set) var unreadable: FileError?

    /// Reads what `roots` include.
    ///
    /// - Parameters:
    ///   - home: The caller's home, for a path that begins with `~/`.
    ///   - read: What is in the file at an absolute path.
    init(_ roots: [(entries: [GitConfiguration.Entry], base: FilePath)], home: FilePath, read: (FilePath) -> Contents) {
        variables = roots.flatMap { root in root.entries.map { ($0, root.base) } }
        var (next, seen): (Int, Set<FilePath>) = (0, [])
        while next < variables.count {
            let (entry, base) = variables[next]
            next += 1
            guard entry.isInclude, let value = entry.value, let place = Self.place(value, from: base, home: home),
                seen.count < Self.mostFiles, seen.insert(place).inserted
            else { continue }
            switch read(place) {
            case .nothing: continue
            case .unreadable(let error): unreadable = unreadable ?? error
            case .bytes(let bytes):
                variables += GitConfiguration(bytes).entries.map { ($0, place.removingLastComponent()) }
            }
        }
    }

    /// Reads what git reads in a repository: the caller's own configuration, and the repository's.
    ///
    /// - Parameters:
    ///   - repository: The directory with `config`, in `tree`.
    ///   - rules: With the caller's own configuration and home.
    ///   - read: What is in the file at an absolute path.
    init(
        of repository: FilePath, in tree: ContainerTree, rules: RepositoryRules?, read: (FilePath) -> Contents
    ) {
        let home = rules?.home ?? "/"
        var roots = [(rules?.settings ?? [], home)]
        var failure: FileError?
        for name in ["config", "config.worktree"] {
            switch tree.configuration(repository.appending(name)) {
            case .bytes(let bytes): roots.append((GitConfiguration(bytes).entries, tree.place(repository)))
            case .unreadable(let error): failure = failure ?? error
            case .nothing: continue
            }
        }
        self.init(roots, home: home, read: read)
        unreadable = failure ?? unreadable
    }

    /// The absolute path that a value means; `nil` for none.
    static func place(_ value: String, from base: FilePath, home: FilePath) -> FilePath? {
        guard !value.isEmpty, !value.utf8.contains(0), value.utf8.count < 4096 else { return nil }
        let named = value.hasPrefix("~/") ? home.pushing(FilePath(String(value.dropFirst(2)))) : FilePath(value)
        return base.pushing(named).lexicallyNormalized()
    }

    /// What is in a regular file of the host that lies in no tree of a container.
    static func hostFile(_ place: FilePath) -> Contents {
        guard let real = RealPath.of(place), let name = real.lastComponent,
            let directory = try? ContainerTree(real.removingLastComponent()),
            let bytes = directory.bytes(FilePath(root: nil, [name]), limit: GitConfiguration.limit)
        else { return .nothing }
        return .bytes(bytes)
    }
}

extension ContainerTree {
    /// What is in the file of a configuration. What is there and cannot be read, for one because a container holds a lease on
    /// it (fcntl(2), F_SETLEASE), could name anything.
    func configuration(_ path: FilePath) -> IncludedConfiguration.Contents {
        do {
            guard try kind(path) != .nothing else { return .nothing }
            return .bytes(try read(path, limit: GitConfiguration.limit))
        } catch let error as FileError { return .unreadable(error) } catch { return .nothing }
    }
}

extension GitConfiguration.Entry {
    /// Whether it names a file that git reads as well.
    var isInclude: Bool { name == "path" && ["include", "includeif"].contains(section) }
}
