// SPDX-License-Identifier: Apache-2.0

/// The report's state for a directory during the walk.
struct ReportMark {
    /// The names by which git recognizes a repository.
    struct GitNames: OptionSet {
        let rawValue: UInt8
        static let head = GitNames(rawValue: 1)
        static let objects = GitNames(rawValue: 2)
        static let refs = GitNames(rawValue: 4)
        static let common = GitNames(rawValue: 8)

        /// Whether git recognizes the directory as a repository.
        var areRepository: Bool {
            contains(.head) && (contains(.common) || isSuperset(of: [.objects, .refs]))
        }
    }

    /// The position of a directory from git's point of view.
    enum Place {
        /// In a worktree, or outside of any.
        case worktree
        /// A directory named `.git`, or one in it.
        case gitDirectory
        /// A guarded repository.
        case guarded
        /// The directory of a guarded repository's worktrees.
        case worktrees
        /// The files of one worktree of a guarded repository.
        case linked
    }

    /// How a directory may have reached its path.
    enum Arrival: Comparable {
        /// Unchanged.
        case old
        /// Entries of a parent directory changed, so it may have been moved there.
        case unclear
        /// It was created or moved there, or is in such a directory.
        case moved
    }

    var place = Place.worktree
    var arrival = Arrival.old
    /// The arrival of entries inside of a directory of git, whose own change time changes with every run.
    var inner = Arrival.old
    /// Whether the directory's own change time is new.
    var isNew = false
    /// Whether the directory is named `.git`.
    var isDotGit = false
    /// Whether it is the `hooks` of a repository.
    var isHooks = false
    /// Whether the host executes everything in it.
    var isListed = false
    /// Whether it is searched under the name of a link to it.
    var isAlias = false
    /// The index of the enclosing package directory.
    var dependency: Int?
    /// The index of the enclosing new directory.
    var group: Int?
    /// Its name, when names in it have a special meaning.
    var above: [UInt8]?
    /// The index of the enclosing top-level directory of the walk.
    var top = 0
    /// The names of git in it.
    var names: GitNames = []
}
