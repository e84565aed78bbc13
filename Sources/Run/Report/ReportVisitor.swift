// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// Searches a project for changes among the files that the host executes.
struct ReportVisitor: TreeVisitor {
    /// A directory that is reported in place of its contents.
    struct Group {
        let path: [UInt8]
        var count = 0
    }

    /// An older link in the place of a file that the host executes, whose target may be new.
    struct Link {
        let path: [UInt8]
        let target: [UInt8]
    }

    let start: Moment
    let directory: FilePath
    /// The mount point in the container.
    let seenAs: FilePath
    let guarded: Set<FileIdentity>
    /// The directories that git enters because of an index.
    let gitlinks: Set<[UInt8]>
    let submodules: Set<[UInt8]>
    /// The searched tree.
    var tree: ContainerTree?
    /// The directories that the project's `.gitmodules` names.
    var modules: Set<[UInt8]> = []
    /// The guarded directories that were repositories at the start; `nil` if unknown.
    var complete: Set<FileIdentity>?
    /// The directories whose times changed because of placeholders alone.
    var restored: Set<[UInt8]> = []

    /// New set-uid and set-gid files, devices, and directories of repositories to which everybody may write.
    var setID = ReportLines()
    /// Directories with another default access control list than at the start.
    var defaultLists = ReportLines()
    var executed = ReportLines()
    var followed = ReportLines()
    var files = ReportLines()
    /// New links to targets outside of the tree.
    var outward = ReportLines()
    /// The number of unchanged files that may have been moved with a directory.
    var unclear = 0
    /// The number of new directories that are not named `.git` and that git nevertheless recognizes as repositories.
    var bare = 0
    var dependencies: [Group] = []
    var groups: [Group] = []
    var links: [Link] = []
    /// The directories at the start, by path.
    var directories: [FileIdentity: [UInt8]] = [:]
    /// Their default access control lists.
    var knownLists: [FileIdentity: [UInt8]] = [:]
    /// Older repositories that execute something and are not submodules: git enters them where a commit has a gitlink.
    var nested = ReportLines()
    /// Whether a branch or a tag of a repository changed.
    var hasNewReferences = false
    var gaps = ReportGaps()
    /// The directories to search later, while there is an order.
    var order = Order()
    var isOrdering = true
    var limits = ReportLimits()
    private let table = HostExecuted.Table.shared

    init(
        since start: Moment, in directory: FilePath, seenAs: FilePath? = nil, guarded: Set<FileIdentity>,
        gitlinks: Set<[UInt8]> = [],
        submodules: Set<[UInt8]> = []
    ) {
        self.start = start
        self.directory = directory
        self.seenAs = seenAs ?? directory
        self.guarded = guarded
        self.gitlinks = gitlinks
        self.submodules = submodules
    }

    mutating func missed(_ path: [UInt8], _ gap: TreeGap) { gaps.add(path, gap) }

    mutating func visit(_ entry: TreeEntry, in mark: inout ReportMark) -> ReportMark? {
        noteGitName(entry.bytes, &mark)
        let match = table.match(entry.bytes, below: mark.above)
        order.met[mark.top] += 1
        if entry.kind == .directory {
            let below = enter(entry, match, mark)
            return putOff(entry, below, mark) ? nil : below
        }
        let isNew = Moment(entry.status) >= start
        if isNew && !mark.isAlias { noteMode(entry) }
        if match == .repository && !mark.isAlias { notePointer(entry, isNew, mark) }
        if mark.place != .worktree {
            noteOddFile(entry, isNew, mark)
            if isNew { noteReference(entry) }
            if match == .hook && match.isFile(entry) { noteHook(entry, isNew, mark) }
        }
        // A link that was moved with its directory may have another target than before.
        let isAnother = isNew || (mark.arrival == .moved && !mark.isAlias)
        if isAnother && entry.kind == .link && mark.place == .worktree { noteOutward(entry) }
        if mark.place == .worktree && (mark.isListed || match.isFile(entry)) { note(entry, match, isNew, mark) }
        return nil
    }

    /// Adds a new file with a set-uid or set-gid bit, or a device.
    private mutating func noteMode(_ entry: TreeEntry) {
        let mode = entry.status.st_mode
        switch mode & S_IFMT {
        case S_IFREG where mode & 0o6000 != 0:
            setID.add("'\(ShownPath.text(entry.path))' has a set-uid or set-gid bit")
        case S_IFCHR, S_IFBLK: setID.add("'\(ShownPath.text(entry.path))' is a device")
        default: break
        }
    }

    private mutating func note(_ entry: TreeEntry, _ match: HostExecuted.Match, _ isNew: Bool, _ mark: ReportMark) {
        if let dependency = mark.dependency {
            if isNew || mark.arrival == .moved { dependencies[dependency].count += 1 }
        } else if match == .git, isNew || mark.arrival == .moved {
            followed.add("\(ShownPath.text(entry.path))  (git reads it)", kind(of: entry))
        } else if isNew || (mark.arrival == .moved && mark.group == nil) {
            files.add(ShownPath.text(entry.path) + target(of: entry), kind(of: entry))
        } else if entry.kind == .link {
            remember(entry)
        } else if let group = mark.group {
            groups[group].count += 1
        } else if mark.arrival == .unclear {
            unclear += 1
        }
    }

    private func kind(of entry: TreeEntry) -> ReportLines.Kind {
        ReportLines.Kind(file: Array(entry.bytes), isTop: entry.directory.path.isEmpty)
    }

    /// Adds a link to a target outside: an editor of the host writes through it. `..` after a name may lead elsewhere
    /// when the name is a link. Programs of the system, to which virtual environments link, belong to root and are
    /// ignored.
    private mutating func noteOutward(_ entry: TreeEntry) {
        guard let bytes = entry.target else { return }
        let target = FilePath(bytes: bytes)
        let below = FilePath(bytes: entry.directory.path).pushing(target).lexicallyNormalized()
        let stays =
            target.isAbsolute
            ? [directory, seenAs, "/usr", "/bin", "/lib", "/opt"].contains { target.starts(with: $0) }
            : below.components.first?.kind != .parentDirectory
        let steps = target.components.drop { $0.kind != .regular }
        guard !stays || steps.contains(where: { $0.kind == .parentDirectory }) else { return }
        outward.add("'\(ShownPath.text(entry.path))' to '\(ShownPath.text(bytes))'")
    }

    private func target(of entry: TreeEntry) -> String {
        guard entry.kind == .link, let target = entry.target else { return "" }
        return "  (a link to '\(ShownPath.text(target))')"
    }

    mutating func remember(_ entry: TreeEntry) {
        guard links.count < 1000, let target = entry.target else { return gaps.add(entry.path, .limit) }
        links.append(Link(path: entry.path, target: target))
    }

    /// The mark of a directory, from the parent's mark, its own name and its change time.
    private mutating func enter(_ entry: TreeEntry, _ match: HostExecuted.Match, _ above: ReportMark) -> ReportMark {
        var mark = entry.directory.path.isEmpty ? begin(above) : above
        mark.names = []
        mark.isNew = Moment(entry.status) >= start && (restored.isEmpty || !restored.contains(entry.path))
        mark.isDotGit = match == .repository
        mark.isHooks = (above.isDotGit || above.place == .guarded) && entry.bytes.elementsEqual("hooks".utf8)
        mark.above = table.above(entry.bytes)
        let own = arrival(entry.path, entry.status, isNew: mark.isNew)
        mark.arrival = max(above.arrival, own)
        mark.inner = mark.isDotGit ? .old : max(above.inner, own)
        mark.place = place(entry, match, above)
        if mark.isNew { noteOpenRepository(entry, mark) }
        if match == .dependency && above.dependency == nil && !above.isListed {
            mark.dependency = dependencies.count
            dependencies.append(Group(path: entry.path))
        }
        guard mark.place == .worktree, mark.dependency == nil, above.isListed || match == .directory else {
            return mark
        }
        mark.isListed = true
        if mark.isNew && mark.group == nil {
            mark.group = groups.count
            groups.append(Group(path: entry.path))
        }
        return mark
    }

    /// A rename changes the directory's change time. Creating and removing entries also changes its modification time,
    /// and anyone can do that after a rename or set the time back; in that case the directory's path at the start
    /// decides.
    func arrival(_ path: @autoclosure () -> [UInt8], _ status: stat, isNew: Bool) -> ReportMark.Arrival {
        guard isNew else { return .old }
        guard Moment(modified: status) >= start else { return .moved }
        guard let place = directories[FileIdentity(status)] else { return .unclear }
        return place == path() ? .old : .moved
    }
}

extension ReportVisitor {
    /// Records that the target of an older link changed.
    mutating func noteTarget(of link: Link, _ words: String = "which changed") {
        files.add("\(ShownPath.text(link.path))  (a link to '\(ShownPath.text(link.target))', \(words))")
    }

    /// The mark of a directory that an older link leads to.
    mutating func mark(of link: Link, isNew: Bool) -> ReportMark {
        var mark = ReportMark()
        (mark.isListed, mark.isAlias) = (true, true)
        guard isNew else { return mark }
        mark.group = groups.count
        groups.append(Group(path: link.path))
        return mark
    }
}

extension HostExecuted.Match {
    /// Whether a file of that name is reported; also one in the place of a directory.
    fileprivate func isFile(_ entry: TreeEntry) -> Bool {
        switch self {
        case .file, .directory, .git: true
        // git executes it once it is executable, and that changes its time.
        case .hook: entry.kind == .link || entry.status.st_mode & 0o111 != 0
        case .none, .dependency, .repository: false
        }
    }
}

extension TreeEntry {
    /// The target of a link.
    var target: [UInt8]? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlinkat(directory.descriptor.rawValue, name, &buffer, buffer.count)
        return count < 0 ? nil : buffer[..<count].map { UInt8(bitPattern: $0) }
    }
}
