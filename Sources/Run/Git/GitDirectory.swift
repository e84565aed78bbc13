// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The files by which git finds a repository's configuration (gitrepository-layout(5)), read by handle, without
/// executing anything or following links.
struct GitDirectory {
    /// The tree that the directory is in.
    let tree: ContainerTree
    /// The directory, relative to the tree.
    let path: FilePath

    /// Whether git recognizes it as a repository: git requires a `HEAD` that names a reference or an object, and
    /// searchable `objects` and `refs` (setup.c, is_git_directory).
    ///
    /// - Throws: `FileError`.
    func isRepository() throws -> Bool {
        try hasValidHead() && isSearched(path.appending("objects")) && isSearched(path.appending("refs"))
    }

    private func isSearched(_ path: FilePath) throws -> Bool {
        guard let status = try tree.status(path) else { return false }
        switch FileKind(mode: status.st_mode) {
        case .link: return true
        case .directory: return status.st_mode & 0o100 != 0
        default: return false
        }
    }

    private func hasValidHead() throws -> Bool {
        let head = path.appending("HEAD")
        let kind = try tree.kind(head)
        guard kind == .file, let bytes = tree.bytes(head, limit: 1 << 12) else { return kind == .link }
        let isHex: (UInt8) -> Bool = { (48...57).contains($0) || (97...102).contains($0) || (65...70).contains($0) }
        if bytes.count >= 40, bytes.prefix(40).allSatisfy(isHex) { return true }
        guard bytes.starts(with: "ref:".utf8) else { return false }
        return bytes.dropFirst(4).drop { $0 == UInt8(ascii: " ") || $0 == 9 }.starts(with: "refs/".utf8)
    }

    /// Whether it is the beginning of a repository: a directory of `modules` that only groups names has no `HEAD`.
    ///
    /// - Throws: `FileError`.
    func hasHead() throws -> Bool { try tree.kind(path.appending("HEAD")) != .nothing }

    /// Whether `config` has `extensions.worktreeConfig`: then `config.worktree` is read as well.
    func hasWorktreeConfiguration() -> Bool {
        guard let bytes = tree.bytes(path.appending("config"), limit: 1 << 20) else { return false }
        return String(decoding: bytes, as: UTF8.self).lowercased().contains("worktreeconfig")
    }

    /// The maximum number of linked work trees whose configurations are read.
    private static let mostLinked = 4096

    /// The directories of linked work trees in it (gitrepository-layout(5), "worktrees").
    var linkedDirectories: [FilePath] {
        let worktrees = path.appending("worktrees")
        guard (try? tree.kind(worktrees)) == .directory else { return [] }
        return ((try? tree.names(worktrees, limit: Self.mostLinked)) ?? []).map { worktrees.appending($0) }
            .filter { (try? tree.kind($0)) == .directory && !$0.string.contains(".quarantined-") }
    }

    /// The first line of `name`, such as `commondir`; `nil` when it is not text.
    func line(_ name: String) -> String? {
        tree.bytes(path.appending(name), limit: 1 << 13).flatMap(Self.line)
    }

    /// The path in the `.git` file of a worktree or a submodule, as git parses it: `gitdir: PATH` up to the trailing
    /// line breaks, or a NUL (setup.c, read_gitfile).
    static func pointer(_ file: FilePath, in tree: ContainerTree) -> FilePath? {
        guard let bytes = tree.bytes(file, limit: 1 << 13), bytes.starts(with: "gitdir: ".utf8) else { return nil }
        let isEnd: (UInt8) -> Bool = { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        let count = bytes.lastIndex { !isEnd($0) }.map { $0 + 1 } ?? 0
        let path = FilePath(bytes: bytes[min(8, count)..<count])
        return path.isEmpty ? nil : path
    }

    /// The paths in `.gitmodules` of the work tree `path` that are below it.
    static func submodules(of path: FilePath, in tree: ContainerTree) -> [FilePath] {
        guard let bytes = tree.bytes(path.appending(".gitmodules"), limit: 1 << 20) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingSpaces }
            guard parts.count == 2, parts[0].lowercased() == "path" else { return nil }
            let path = FilePath(value(parts[1]))
            let plain = path.components.allSatisfy { $0.kind == .regular }
            return path.isRelative && !path.isEmpty && plain ? path : nil
        }
    }

    /// The value of a line of git-config(1), without quotes and a trailing comment.
    private static func value(_ text: Substring) -> String {
        var value = ""
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if isEscaped {
                value.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if !isQuoted && (character == "#" || character == ";") {
                break
            } else {
                value.append(character)
            }
        }
        return isQuoted ? value : String(value[...].trimmingSpaces)
    }

    private static func line(_ bytes: [UInt8]) -> String? {
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let text = String(validating: Array(line), as: UTF8.self)
        return text.flatMap { $0.isEmpty || $0.utf8.contains(0) ? nil : $0 }
    }
}

extension Substring {
    var trimmingSpaces: Substring {
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var rest = drop(while: blank)
        while let last = rest.last, blank(last) { rest.removeLast() }
        return rest
    }
}
