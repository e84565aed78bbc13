// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension GitWorktreeReview {
    /// A path and its state.
    struct WatchedPlace {
        let tree: ContainerTree
        let path: FilePath
        let state: PlaceState
    }

    private static let mostPlaces = 20_000

    /// Files of a repository that git follows, in a directory whose times change in normal use.
    private static let watchedFiles: [FilePath] = [
        "objects/info/alternates", "objects/info/commit-graph", "objects/info/commit-graphs", "refs/replace",
    ]

    /// Whether the work tree is in the tree, or encloses it.
    private var isOwn: Bool { workTree.isRelative }

    /// What the report compares with the state at the start.
    struct Watched {
        /// The paths whose files may be exchanged for older ones.
        let places: [WatchedPlace]
        /// The committed state, by the directory of the work tree's own files.
        let commits: (place: FilePath, state: CommittedPaths.State)?
    }

    /// The state that only the start shows.
    func watched(rules: RepositoryRules?) -> Watched {
        let files = (isOwn ? Self.watchedFiles : []).map { file in
            let place = path.pushing(file)
            return WatchedPlace(
                tree: repository, path: place, state: PlaceState(place, in: repository, listing: true))
        }
        let named = named(rules: rules).places
        let places = named.map {
            WatchedPlace(tree: tree, path: $0.path, state: PlaceState($0.path, in: tree, listing: $0.isDirectory))
        }
        return Watched(places: files + places, commits: isOwn ? commitState(named) : nil)
    }

    /// The files of the tree that configurations execute or read and that changed since `start`: named by the
    /// repository's and by the caller's own configuration, which applies everywhere, with their included files. Then
    /// files of the repository that were exchanged.
    ///
    /// - Parameter baseline: The state at the start.
    package func changes(
        since start: Moment, rules: RepositoryRules? = nil, baseline: ReportBaseline? = nil
    ) -> [GitFinding] {
        let (places, unreadable) = named(rules: rules)
        var found = unreadable
        for place in places {
            found += changes(at: place, since: start, baseline).map { finding in
                var finding = finding
                finding.kind = place.kind(of: finding.path)
                return finding
            }
        }
        guard isOwn else { return found }
        return found + tracked(places, since: start, baseline) + exchangedFiles(since: start, baseline)
    }

    /// The paths in the tree that configurations name, and configurations that cannot be read.
    private func named(rules: RepositoryRules?) -> (places: [NamedPlace], unreadable: [GitFinding]) {
        var (places, seen): ([NamedPlace], Set<FilePath>) = ([], [])
        let mounted = MountedTrees([tree, repository], mounts: rules?.mounts ?? MountPoints(""))
        let searched = ConfiguredPlaces(
            of: path, in: repository, seenFrom: tree.place(workTree), rules: rules, trees: mounted)
        let all = searched.configuration
        for place in searched.places.flatMap(self.places) where seen.insert(place.path).inserted {
            places.append(place)
        }
        let variables = all.variables.filter { variable in
            let isSearched = variable.entry.isInclude || variable.entry.key == "core.hookspath"
            return !isSearched && (variable.entry.executes || NamedPlace.read[variable.entry.key] != nil)
        }
        let home = rules?.home ?? "/"
        for variable in variables where places.count < Self.mostPlaces {
            for place in self.places(variable, home) where seen.insert(place.path).inserted { places.append(place) }
        }
        for place in beneathTemplates(places) where seen.insert(place.path).inserted { places.append(place) }
        for place in hookLinks() where seen.insert(place.path).inserted { places.append(place) }
        let unread = [all.unreadable?.path].compactMap(\.self) + all.unread.map(\.path)
        let unreadable = unread.compactMap(inTree).map {
            GitFinding($0, "git's configuration, which cannot be read", isExecuted: true)
        }
        return (places, unreadable)
    }

    /// The paths in the tree of a place where git looks; for a directory of hooks outside, the targets of its links.
    private func places(_ place: ConfiguredPlace) -> [NamedPlace] {
        let path = place.path.lexicallyNormalized()
        if let found = entrance(path) { return [NamedPlace(path: found, key: place.key, isPath: true)] }
        return place.isOwn && !place.isIncluded ? linked(in: path, place.key) : []
    }

    /// The paths in the tree that a value can mean: the value itself, and words of a command, wherever a shell would find
    /// them.
    private func places(_ variable: IncludedConfiguration.Variable, _ home: FilePath) -> [NamedPlace] {
        let entry = variable.entry
        guard let value = entry.bytes else { return [] }
        let place = IncludedConfiguration.place(value, from: tree.place(workTree), home: home)
        let isFile = !entry.executes || entry.key == "core.attributesfile"
        let isPath = NamedPlace.isDirectory(entry.key) || isFile
        let whole = place.flatMap(entrance).map { NamedPlace(path: $0, key: entry.key, isPath: isPath) }
        if isPath {
            return [whole].compactMap(\.self) + (whole == nil && variable.isOwn ? linked(in: place, entry.key) : [])
        }
        let words = entry.words.prefix(32).filter { !$0.utf8.contains(0) && $0.utf8.count < 1024 }
        // A program without a slash is in the caller's PATH; what follows can be a file of any name (`sh build`).
        let files = words.enumerated().filter { number, word in
            word.contains("/") || word.contains(".") || number > 0 && !word.hasPrefix("-")
        }.map(\.element)
        let parts = files.flatMap { candidates($0, among: words) + linked($0, home) }
        return [whole].compactMap(\.self) + parts.map { NamedPlace(path: $0, key: entry.key, isPath: false) }
    }

    /// The targets of a word of a command, relative to the host's root or the home, through links of the caller: the
    /// shell's expansion of `~/x`, `$HOME/x` and `/x`.
    private func linked(_ word: String, _ home: FilePath) -> [FilePath] {
        let isBelowHome = ["~/", "HOME/"].first { word.hasPrefix($0) }
        let rest = FilePath(String(word.dropFirst(isBelowHome?.count ?? 0)))
        guard isBelowHome != nil || rest.isAbsolute else { return [] }
        let below = home.pushing(FilePath(root: nil, rest.components))
        return (rest.isAbsolute ? [rest, below] : [below]).compactMap(entrance)
    }

    /// The targets in the tree of links in a directory outside of it, which the caller's own configuration names: each
    /// is a hook.
    private func linked(in directory: FilePath?, _ key: String) -> [NamedPlace] {
        guard NamedPlace.isDirectory(key), let directory,
            case .host(let real) = CallerPath(directory, trees: WrittenTrees([])),
            let tree = try? ContainerTree(real)
        else { return [] }
        return links(in: "", of: tree).map { NamedPlace(path: $1, key: "\(key): \($0)", isPath: false) }
    }

    /// The targets in the tree of links among the repository's hooks: the links are guarded, but their targets are
    /// ordinary files.
    private func hookLinks() -> [NamedPlace] {
        links(in: path.pushing("hooks"), of: repository).map { NamedPlace(path: $1, key: "hooks/\($0)", isPath: false) }
    }

    /// The links in a directory that lead into the tree: their names and targets.
    private func links(in directory: FilePath, of other: ContainerTree) -> [(name: String, path: FilePath)] {
        guard let opened = try? other.open(directory, O_RDONLY | O_DIRECTORY),
            let entries = try? DirectoryEntries.read(opened, limit: 4096)
        else { return [] }
        return entries.filter { $0.kind == .link || $0.kind == nil }.compactMap { entry in
            let target = try? other.target(directory.appending(entry.name))
            let place = target.flatMap { entrance(other.place(directory).pushing($0)) }
            return place.map { (ShownPath.text(entry.name.bytes), $0) }
        }.sorted { $0.name < $1.name }
    }

    /// The possible paths of a word: from the work tree, from another directory of the command (`cd tools && ./x`), as
    /// the end of a path that begins with a variable, a command or the home, and as a Python module.
    private func candidates(_ word: String, among words: [String]) -> [FilePath] {
        // git puts a value in the place of `%A`, `%S` and the like.
        var texts =
            [word, String(word.prefix { $0 != "%" })] + words.filter { $0 != word }.prefix(8).map { "\($0)/\(word)" }
        var rest = Substring(word)
        while let slash = rest.firstIndex(of: "/"), texts.count < 32 {
            rest = rest[rest.index(after: slash)...]
            texts.append(String(rest))
        }
        if !word.contains("/") { texts.append(word.replacing(".", with: "/") + ".py") }
        return texts.compactMap { text in
            let path = FilePath(text)
            return path.isRelative && !path.isEmpty ? inTree(tree.place(workTree).pushing(path)) : nil
        }
    }

    /// The path at which a path of the host enters the tree, through links of the caller or directly.
    func entrance(_ place: FilePath) -> FilePath? {
        if let path = inTree(place) { return path }
        guard case .tree(_, let below) = CallerPath(place, trees: WrittenTrees(at: tree.path)), !below.isEmpty else {
            return nil
        }
        return below
    }

    private func inTree(_ place: FilePath) -> FilePath? {
        var place = place.lexicallyNormalized()
        return place.removePrefix(tree.path) && !place.isEmpty ? place : nil
    }
}

extension GitWorktreeReview {
    /// A change, by the file's times or because it is another file than at the start.
    private func changes(at place: NamedPlace, since start: Moment, _ baseline: ReportBaseline?) -> [GitFinding] {
        let now = PlaceState(place.path, in: tree, listing: place.isDirectory)
        let before = baseline?.state(of: tree.place(place.path))
        // The link has the same target, and the target is unchanged.
        if now == before, now.isOlder(than: start) { return [] }
        let changed = changes(at: place, since: start)
        return changed.isEmpty ? exchanged(place, now, before, since: start) : changed
    }

    /// A change by the file's times.
    private func changes(at place: NamedPlace, since start: Moment) -> [GitFinding] {
        let path = place.path
        let status: stat
        do {
            guard let found = try tree.status(path) else { return [] }
            status = found
        } catch let error as FileError where error.errno == .tooManySymbolicLinkLevels {
            return [GitFinding(path, "\(place.words); a link is on the way", isExecuted: place.isExecuted)]
        } catch { return [] }
        guard FileKind(mode: status.st_mode) == .directory else {
            let counts = Moment(status) >= start || FileKind(mode: status.st_mode) == .link
            return counts ? [GitFinding(path, place.words, isExecuted: place.isExecuted)] : []
        }
        // git does not execute a directory that is only a word of a command.
        guard place.isDirectory else { return [] }
        guard let names = try? tree.names(path, limit: 4096) else {
            return [GitFinding(path, "\(place.words); it cannot be read", isExecuted: place.isExecuted)]
        }
        let isNew = Moment(status) >= start
        return names.compactMap { name in
            let file = path.appending(name)
            guard let status = (try? tree.status(file)).flatMap(\.self) else { return nil }
            let isLink = FileKind(mode: status.st_mode) == .link
            // A directory of a template is searched itself.
            if place.isTemplate, FileKind(mode: status.st_mode) == .directory { return nil }
            guard isNew || Moment(status) >= start || (isLink && leadsToChange(file, since: start)) else { return nil }
            return GitFinding(file, place.words, isExecuted: place.isExecuted)
        }
    }

    /// Whether a link in a hooks directory leads to a changed file of the tree.
    private func leadsToChange(_ link: FilePath, since start: Moment) -> Bool {
        guard let target = try? tree.target(link) else { return true }
        let place = target.isAbsolute ? target : tree.place(link.removingLastComponent()).pushing(target)
        guard let path = inTree(place) else { return false }
        return (try? tree.status(path)).flatMap(\.self).map { Moment($0) >= start } ?? false
    }

    /// A file with an old time that is another file than at the start, because it was moved there with a directory.
    private func exchanged(
        _ place: NamedPlace, _ now: PlaceState, _ before: PlaceState?, since start: Moment
    ) -> [GitFinding] {
        guard let before else {
            let isSearched = place.isBeneath && now.hasOnlyDirectories
            guard now != .nothing, !isSearched, mayHaveMoved(place.path, since: start) else { return [] }
            return [
                GitFinding(place.path, "\(place.words); it may have been moved there", isExecuted: place.isExecuted)
            ]
        }
        guard now != before else { return [] }
        if now == .nothing { return [GitFinding(place.path, "\(place.words); it is gone")] }
        let words = "\(place.words); it was moved there: another one than at the start"
        guard place.isDirectory, case .directory = now else {
            return [GitFinding(place.path, words, isExecuted: place.isExecuted)]
        }
        let files = now.others(than: before).map {
            GitFinding(place.path.appending($0), words, isExecuted: place.isExecuted)
        }
        return files.sorted { $0.path.bytes.lexicographicallyPrecedes($1.path.bytes) }
    }

    /// Whether a parent directory was renamed since `start`, or entries of it were.
    private func mayHaveMoved(_ path: FilePath, since start: Moment) -> Bool {
        var above = path.removingLastComponent()
        while !above.isEmpty {
            guard let status = (try? tree.status(above)).flatMap(\.self), Moment(status) < start else { return true }
            above.removeLastComponent()
        }
        return false
    }

    /// The files of the repository that were exchanged for older ones, whose times show nothing.
    private func exchangedFiles(since start: Moment, _ baseline: ReportBaseline?) -> [GitFinding] {
        Self.watchedFiles.compactMap { file in
            let inside = path.pushing(file)
            let now = PlaceState(inside, in: repository, listing: true)
            guard let before = baseline?.state(of: repository.place(inside)), now != before, now.isOlder(than: start)
            else { return nil }
            let place = repository === tree ? inside : repository.place(inside)
            return GitFinding(place, "it was moved there, and git believes what it says")
        }
    }
}

extension PlaceState {
    /// Whether it exists, and none of its times is since `start`.
    fileprivate func isOlder(than start: Moment) -> Bool {
        switch self {
        case .nothing, .unknown: false
        case .file(_, let changed), .link(_, let changed): changed < start
        case .directory(_, let entries): !entries.isEmpty && entries.values.allSatisfy { $0.isOlder(than: start) }
        }
    }
}
