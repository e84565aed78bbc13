// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// Trees as a hostile container could create them, determined by the seed.
struct HostileTree {
    private var state: UInt64
    private let root: Int32

    /// Fills the directory `root`.
    static func fill(_ root: FilePath, seed: UInt64, outside: FilePath, depth: Int = 2200) throws {
        let opened = open(root.string, O_RDONLY | O_DIRECTORY)
        guard opened >= 0 else { throw FileError("open", root, Errno(rawValue: errno)) }
        defer { close(opened) }
        var tree = HostileTree(state: seed, root: opened)
        tree.fill(opened, outside, level: 0)
        tree.chain(opened, "deep", depth, outside)
        tree.chain(opened, String(repeating: "d", count: 250), depth / 4, outside)
    }

    /// SplitMix64.
    private mutating func number(_ limit: UInt64) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % limit)
    }

    /// A random name, or one with a meaning for the report.
    private mutating func name() -> [CChar] {
        if number(3) == 0 { return Array(Self.known[number(UInt64(Self.known.count))].utf8CString) }
        let bytes = (0..<(1 + number(24))).map { _ in UInt8(1 + number(255)) }.map { $0 == 0x2f ? 0xff : $0 }
        return (bytes == [0x2e] || bytes == [0x2e, 0x2e] ? [0xff] : bytes).map { CChar(bitPattern: $0) } + [0]
    }

    private static let known = [
        ".vscode", ".git", "HEAD", "objects", "refs", "config", "hooks", ".envrc", "Makefile", "node_modules", ".husky",
        "commondir", ".gitmodules", "worktrees", "modules", "..x", "-rf", "*", "a\nb", "\u{1b}[2J", "\u{202e}gpj",
    ]

    private mutating func fill(_ directory: Int32, _ outside: FilePath, level: Int) {
        for _ in 0..<(2 + number(6)) {
            let name = name()
            switch number(9) {
            case 0: symlinkat(outside.string, directory, name)
            case 1: symlinkat([".", "..", "/", "../..", ".vscode", "Makefile"][number(6)], directory, name)
            case 2: mkfifoat(directory, name, 0o644)
            case 3: mknodat(directory, name, S_IFSOCK | 0o644, 0)
            case 4, 5: file(directory, name)
            default:
                guard level < 5, mkdirat(directory, name, 0o755) == 0 else { continue }
                let inner = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
                guard inner >= 0 else { continue }
                fill(inner, outside, level: level + 1)
                if number(3) == 0 { fchmod(inner, [0, 0o311, 0o444, 0o555, 0o1777][number(5)]) }
                close(inner)
            }
        }
    }

    private mutating func file(_ directory: Int32, _ name: [CChar]) {
        let made = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL, 0o644)
        guard made >= 0 else { return }
        let text = ["", "ref: refs/heads/main\n", "[core]\nfsmonitor = x\n", "gitdir: ..\n", "../..\n"][number(5)]
        _ = text.withCString { write(made, $0, strlen($0)) }
        if number(4) == 0 { fchmod(made, 0o4755) }
        close(made)
    }

    /// Nested directories, with a file in the last one.
    private func chain(_ directory: Int32, _ name: String, _ depth: Int, _ outside: FilePath) {
        var here = dup(directory)
        for _ in 0..<depth {
            mkdirat(here, name, 0o755)
            let next = openat(here, name, O_RDONLY | O_DIRECTORY)
            close(here)
            here = next
        }
        symlinkat(outside.string, here, ".envrc")
        mkdirat(here, ".git", 0o755)
        close(here)
    }
}

extension Fixture {
    /// Everything below a directory, with contents, modes and change times.
    static func picture(of directory: FilePath) throws -> String {
        try shell(
            "cd \"$1\"; find . -printf '%p %m %u %C@ %s %l\\n' | sort; find . -type f -exec sha256sum {} + | sort",
            directory.string)
    }

    /// The time before now.
    static func moment() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
}
