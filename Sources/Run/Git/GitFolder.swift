// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// Reads the few files by which git finds a repository's configuration (gitrepository-layout(5)); nothing is executed.
enum GitFolder {
    enum Kind { case nothing, file, folder, link, other }

    /// What is there, without following a link.
    static func kind(_ path: FilePath) -> Kind {
        var status = stat()
        guard path.withPlatformString({ lstat($0, &status) }) == 0 else { return .nothing }
        return switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .link
        default: .other
        }
    }

    /// Where the file `.git` of a worktree or a submodule points: `gitdir: PATH`, as it is written.
    static func pointer(_ file: FilePath) -> FilePath? {
        guard let text = text(file), let path = text.utf8.starts(with: "gitdir:".utf8) ? text.dropFirst(7) : nil else {
            return nil
        }
        let trimmed = path.drop { $0 == " " }
        return trimmed.isEmpty ? nil : FilePath(String(trimmed))
    }

    /// The folder with the configuration: another one than `folder` in a worktree, whose file `commondir` names it.
    static func common(of folder: FilePath) -> FilePath? {
        let file = folder.appending("commondir")
        guard kind(file) != .nothing else { return folder }
        guard let text = text(file), !text.isEmpty else { return nil }
        return RealPath.of(folder.pushing(FilePath(text)))
    }

    /// Whether a folder is a repository's: git asks for `HEAD`, `objects` and `refs`; a folder of names has none.
    static func isRepository(_ folder: FilePath) -> Bool {
        kind(folder.appending("HEAD")) != .nothing
    }

    /// Whether `config` has `extensions.worktreeConfig`: then `config.worktree` is configuration as well.
    static func hasWorktreeConfiguration(_ folder: FilePath) -> Bool {
        guard let bytes = try? Files.read(folder.appending("config"), limit: 1 << 20) else { return false }
        return String(decoding: bytes, as: UTF8.self).lowercased().contains("worktreeconfig")
    }

    /// The paths of `.gitmodules` that lie below its folder.
    static func submodulePaths(_ folder: FilePath) -> [FilePath] {
        guard kind(folder.appending(".gitmodules")) == .file,
            let bytes = try? Files.read(folder.appending(".gitmodules"), limit: 1 << 20)
        else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingSpaces }
            guard parts.count == 2, parts[0] == "path" else { return nil }
            let path = FilePath(String(parts[1].trimmingQuotes))
            let plain = path.components.allSatisfy { $0.kind == .regular }
            return path.isRelative && !path.isEmpty && plain ? path : nil
        }
    }

    /// Whether a file holds exactly that.
    static func holds(_ text: String, _ file: FilePath) -> Bool {
        kind(file) == .file && (try? Files.read(file, limit: 1 << 12)) == Array(text.utf8)
    }

    /// The names in a folder; none when it cannot be read.
    static func names(_ folder: FilePath) -> [String] {
        kind(folder) == .folder ? ((try? Files.list(folder)) ?? []) : []
    }

    private static func text(_ file: FilePath) -> String? {
        guard kind(file) == .file, let bytes = try? Files.read(file, limit: 1 << 13) else { return nil }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return String(validating: Array(line), as: UTF8.self)
    }
}

extension Substring {
    var trimmingSpaces: Substring {
        let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var rest = drop(while: blank)
        while let last = rest.last, blank(last) { rest.removeLast() }
        return rest
    }

    var trimmingQuotes: Substring {
        count >= 2 && first == "\"" && last == "\"" ? dropFirst().dropLast() : self
    }
}
