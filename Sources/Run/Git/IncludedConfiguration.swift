// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The variables of configurations and of the files that they include (git-config(1), "Includes"). Every condition of
/// an `includeIf` counts as true, because its result can change.
///
/// The caller's own configuration may include any file of the host. A repository's configuration may have been written
/// by a container: of its includes, only files in the mounted trees are read.
struct IncludedConfiguration {
    /// The contents of an included file.
    enum Contents {
        /// The bytes of a file that a container may have written.
        case bytes([UInt8])
        /// The bytes of a file of the host.
        case own([UInt8])
        /// The file does not exist.
        case nothing
        /// The file exists, but is not read.
        case unread(FilePath, why: String)
        /// The file exists, but cannot be read.
        case unreadable(FileError)
    }

    /// A variable.
    struct Variable {
        let entry: GitConfiguration.Entry
        /// The directory that relative paths of an include are resolved against.
        let base: FilePath
        /// Whether no container can have written it.
        let isOwn: Bool
    }

    /// The starting point of the search.
    typealias Root = (entries: [GitConfiguration.Entry], base: FilePath, isOwn: Bool)

    private static let mostFiles = 256
    /// The maximum number of bytes of all included files.
    private static let mostBytes = 4 << 20

    /// The variables, those of the included files last.
    private(set) var variables: [Variable] = []
    /// The first file of the repository that could not be read.
    private(set) var unreadable: FileError?
    /// Included files that were not read, and the reason.
    private(set) var unread: [(path: FilePath, why: String)] = []
    private var size = 0

    /// Reads the files that `roots` include.
    ///
    /// - Parameters:
    ///   - home: The caller's home, for a path that begins with `~/`.
    ///   - read: Returns the contents of the file at an absolute path, which may contain links and `..`; the caller's
    ///     own configuration may name any file.
    init(_ roots: [Root], home: FilePath, read: (_ path: FilePath, _ isOwn: Bool) -> Contents) {
        variables = roots.flatMap { root in
            root.entries.map { Variable(entry: $0, base: root.base, isOwn: root.isOwn) }
        }
        var (next, seen): (Int, Set<FilePath>) = (0, [])
        while next < variables.count {
            let variable = variables[next]
            next += 1
            guard variable.entry.isInclude, let value = variable.entry.bytes,
                let path = Self.path(value, from: variable.base, home: home), seen.insert(path).inserted
            else { continue }
            guard seen.count <= Self.mostFiles else {
                unread.append((path.lexicallyNormalized(), "too many files are included"))
                break
            }
            add(read(path, variable.isOwn), at: path)
        }
    }

    private mutating func add(_ contents: Contents, at path: FilePath) {
        switch contents {
        case .nothing: break
        case .unread(let path, let why): unread.append((path, why))
        case .unreadable(let error): unread.append((error.path, error.reason))
        case .bytes(let bytes): add(bytes, at: path, isOwn: false)
        case .own(let bytes): add(bytes, at: path, isOwn: true)
        }
    }

    private mutating func add(_ bytes: [UInt8], at path: FilePath, isOwn: Bool) {
        size += bytes.count
        guard size <= Self.mostBytes else {
            return unread.append((path.lexicallyNormalized(), "the included files are too large together"))
        }
        let base = path.removingLastComponent()
        variables += GitConfiguration(bytes).entries.map { Variable(entry: $0, base: base, isOwn: isOwn) }
    }

    /// Reads the configurations that git reads in a repository: the caller's own, the repository's, and those of its
    /// linked work trees (git-worktree(1), "Configuration file").
    ///
    /// - Parameters:
    ///   - repository: The directory with `config`, in `tree`.
    ///   - linked: The directories of its linked work trees.
    ///   - rules: The rules with the caller's configuration and home.
    ///   - trees: The mounted trees.
    init(
        of repository: FilePath, linked: [FilePath], in tree: ContainerTree, rules: RepositoryRules?,
        trees: MountedTrees
    ) {
        let home = rules?.home ?? "/"
        var roots: [Root] = [(rules?.settings ?? [], home, true)]
        var failure: FileError?
        let files =
            ["config", "config.worktree"].map { repository.appending($0) }
            + linked.map { $0.appending("config.worktree") }
        for file in files {
            switch tree.configuration(file) {
            case .bytes(let bytes):
                roots.append((GitConfiguration(bytes).entries, tree.place(file).removingLastComponent(), false))
            case .unreadable(let error): failure = failure ?? error
            default: continue
            }
        }
        self.init(roots, home: home) { path, isOwn in
            switch PathTrail(path, in: trees).ending {
            case .there(let place): trees.trees[place.number].configuration(place.path)
            case .missing: .nothing
            case .refused(let place, let error):
                .unreadable(FileError("read", trees.trees[place.number].place(place.path), error))
            case .elsewhere where isOwn: Self.hostFile(path)
            case .elsewhere:
                .unread(path.lexicallyNormalized(), why: "it is outside of the project, and so it is not read")
            }
        }
        unreadable = failure
    }

    /// The absolute path of a value as git passes it to the kernel, with links and `..`; `nil` for none. `~/` is the
    /// caller's home, `~USER/` that of another user (git-config(1), "pathname").
    static func path(_ value: [UInt8], from base: FilePath, home: FilePath) -> FilePath? {
        guard !value.isEmpty, !value.contains(0), value.count < 4096 else { return nil }
        return base.pushing(expanded(value, home))
    }

    /// The same path without `..`; `nil` for none.
    static func place(_ value: [UInt8], from base: FilePath, home: FilePath) -> FilePath? {
        path(value, from: base, home: home)?.lexicallyNormalized()
    }

    private static func expanded(_ value: [UInt8], _ home: FilePath) -> FilePath {
        // git is installed in /usr (git-config(1), "pathname").
        let prefix = Array("%(prefix)/".utf8)
        if value.starts(with: prefix) {
            return FilePath("/usr").pushing(FilePath(bytes: value.dropFirst(prefix.count)))
        }
        guard value.first == UInt8(ascii: "~") else { return FilePath(bytes: value) }
        let name = value.dropFirst().prefix { $0 != UInt8(ascii: "/") }
        let rest = FilePath(bytes: value.dropFirst(name.count + 2))
        if name.isEmpty { return home.pushing(rest) }
        guard let entry = getpwnam(String(decoding: name, as: UTF8.self)), let directory = entry.pointee.pw_dir else {
            return FilePath(bytes: value)
        }
        return FilePath(platformString: directory).pushing(rest)
    }

    /// The contents of a regular file of the host that is in no tree of a container.
    private static func hostFile(_ place: FilePath) -> Contents {
        guard let real = RealPath.of(place), let name = real.lastComponent,
            let directory = try? ContainerTree(real.removingLastComponent()),
            let status = try? directory.status(FilePath(root: nil, [name])), FileKind(mode: status.st_mode) == .file
        else { return .nothing }
        guard let bytes = directory.bytes(FilePath(root: nil, [name]), limit: GitConfiguration.limit) else {
            return .unread(place, why: "it cannot be read, or is larger than 1 MiB, and so is what it names")
        }
        return .own(bytes)
    }
}

extension ContainerTree {
    /// The contents of a configuration file. A file that exists but cannot be read, for example because a container
    /// holds a lease on it (fcntl(2), F_SETLEASE), could name anything.
    func configuration(_ path: FilePath) -> IncludedConfiguration.Contents {
        do {
            guard try kind(path) != .nothing else { return .nothing }
            return .bytes(try read(path, limit: GitConfiguration.limit))
        } catch let error as FileError {
            // git reads no configuration beneath a file `.git`, which names another directory.
            let above = path.removingLastComponent()
            let isBeneathFile = error.errno == .notDirectory && (try? kind(above)) == .file
            return isBeneathFile ? .nothing : .unreadable(error)
        } catch { return .nothing }
    }
}

extension GitConfiguration.Entry {
    /// Whether it includes a file that git reads as well.
    var isInclude: Bool { name == "path" && ["include", "includeif"].contains(section) }
}

extension FileError {
    /// The reason why a file cannot be read, in words.
    var reason: String {
        [.tooManySymbolicLinkLevels, .notDirectory].contains(errno) ? "a symbolic link is on the way to it" : "\(errno)"
    }
}
