// SPDX-License-Identifier: Apache-2.0

/// What the report knows of a directory on its walk.
struct ReportMark {
    /// Names by which git knows a repository.
    struct GitNames: OptionSet {
        let rawValue: UInt8
        static let head = GitNames(rawValue: 1)
        static let objects = GitNames(rawValue: 2)
        static let refs = GitNames(rawValue: 4)
        static let common = GitNames(rawValue: 8)

        /// Whether git takes the directory for a repository.
        var areRepository: Bool {
            contains(.head) && (contains(.common) || isSuperset(of: [.objects, .refs]))
        }
    }

    /// Where a directory is, for git.
    enum Place {
        /// In a worktree, or in none.
        case worktree
        /// A directory called `.git`, or one in it.
        case gitDirectory
        /// A repository that is guarded.
        case guarded
        /// The directory of a guarded repository's worktrees.
        case worktrees
        /// The files of one worktree of a guarded repository.
        case linked
    }

    /// How a directory may have come to its place.
    enum Arrival: Comparable {
        /// As it was before.
        case old
        /// Entries of a directory on the way changed: it may have been moved there as well.
        case unclear
        /// It was made or moved there, or is in a directory that was.
        case moved
    }

    var place = Place.worktree
    var arrival = Arrival.old
    /// The same, for what is within a directory of git's, from there on: its own change time is new at every run.
    var inner = Arrival.old
    /// Whether the directory's own change time is new.
    var isNew = false
    /// Whether the directory is called `.git`.
    var isDotGit = false
    /// Whether everything in it is executed by the host.
    var isListed = false
    /// Whether it is looked at under the name of a link to it.
    var isAlias = false
    /// The directory of packages that it is in, by its number.
    var dependency: Int?
    /// The new directory, with everything in it, that it is in, by its number.
    var group: Int?
    /// Its name, when names below it mean more than elsewhere.
    var above: [UInt8]?
    /// The directory at the top of a walk that it is in, by its number.
    var top = 0
    /// The names of git's in it.
    var names: GitNames = []
}
