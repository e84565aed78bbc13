// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The directory that a repository's `commondir` names, from which git reads configuration and hooks
/// (gitrepository-layout(5)). It is followed once, as in git, by handle and within the tree.
struct CommonDirectory {
    /// The content of `commondir`, for a message.
    let words: String
    /// The directory; `nil` when it was not opened.
    let tree: ContainerTree?
    /// Why it was not opened.
    let refusal: String

    /// The common directory of `repository`, at the relative `path` in `tree`; `nil` for none, or the repository
    /// itself.
    init?(of repository: ContainerTree, at path: [UInt8], in tree: ContainerTree) {
        guard path.first != UInt8(ascii: "/"), let bytes = repository.bytes("commondir", limit: 1 << 13) else {
            return nil
        }
        let line = Self.line(bytes)
        guard !line.isEmpty else { return nil }
        words = ShownPath.text(line)
        let target = FilePath(bytes: line)
        var place = target.isAbsolute ? target : FilePath(bytes: path).pushing(target)
        guard !place.isAbsolute || place == tree.path || place.removePrefix(tree.path) else {
            (self.tree, refusal) = (nil, "it leads out of the project")
            return
        }
        let found: FileDescriptor
        do { found = try tree.follow(place.isAbsolute || place.isEmpty ? "." : place) } catch {
            guard ![.noSuchFileOrDirectory, .notDirectory].contains(error) else { return nil }
            (self.tree, refusal) = (nil, error == .improperLink ? "it leads out of the project" : "\(error)")
            return
        }
        defer { try? found.close() }
        guard let common = try? ContainerTree(found, path: ""), common.identity != repository.identity else {
            return nil
        }
        (self.tree, refusal) = (common, "")
    }

    /// git removes trailing line breaks, and the kernel ends the path at a NUL.
    private static func line(_ bytes: [UInt8]) -> [UInt8] {
        var line = Array(bytes.prefix { $0 != 0 })
        while let last = line.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { line.removeLast() }
        return line
    }

    /// The programs that git executes because of it, in words.
    var executed: [String] {
        guard let tree else { return ["commondir: '\(words)', \(refusal)"] }
        return GitRepositoryReview(tree).executed.map { "\(words)/\($0)" }
    }

    /// The changes in it since `start`, as one finding about the repository that names it. A common directory that is
    /// itself a repository is checked separately.
    func changes(since start: Moment) -> [GitFinding] {
        guard let tree else { return [] }
        let review = GitRepositoryReview(tree)
        let changes = review.isRepository ? [] : review.changes(since: start)
        guard !changes.isEmpty else { return [] }
        let names = changes.prefix(5).map { ShownPath.text($0.path.bytes) }.joined(separator: ", ")
        let keys = review.executed.isEmpty ? "" : "; \(executed.joined(separator: "; "))"
        return [
            GitFinding(
                "", "a git repository, and in its common directory '\(words)' these changed: \(names)\(keys)",
                isExecuted: changes.contains(where: \.isExecuted))
        ]
    }
}
