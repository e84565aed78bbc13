// SPDX-License-Identifier: Apache-2.0

/// The work that is left for reading the references and objects of all repositories of a report together, so that what
/// a container writes cannot delay a run's start and end. What is not read counts as changed.
final class GitBudget {
    /// The number of objects.
    var objects = 20_000
    /// The number of searches in the indices of packs.
    var searches = 20_000
    /// The number of bytes of objects, compressed or not, whichever is more.
    var bytes = 512 << 20
    /// The number of files of references.
    var files = 20_000
    /// The number of bytes of lists of references, and of their earlier values.
    var listBytes = 64 << 20
}
