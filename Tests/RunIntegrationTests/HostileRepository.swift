// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage

/// Changes of a repository as a hostile container, or its packager, could make them, determined by the seed.
struct HostileRepository {
    private var state: UInt64
    private let project: FilePath
    private let outside: FilePath

    /// Changes some paths of the repository `project`.
    static func change(_ project: FilePath, seed: UInt64, outside: FilePath) {
        var hostile = HostileRepository(state: seed &* 0x1234_5678_9abc_def1, project: project, outside: outside)
        for _ in 0...hostile.number(5) { hostile.change() }
    }

    /// SplitMix64.
    private mutating func number(_ limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }

    private static let places = [
        ".git", ".git/HEAD", ".git/config", ".git/config.lock", ".git/config.worktree", ".git/commondir", ".git/hooks",
        ".git/info", ".git/modules", ".git/modules/m", ".git/modules/m/HEAD", ".git/modules/m/config",
        ".git/modules/m/hooks", ".git/modules/m/modules/n", ".git/modules/m/commondir", ".git/objects", ".git/refs",
        ".git/worktrees", ".git/worktrees/w", ".git/worktrees/w/commondir", ".git/worktrees/w/gitdir", ".gitmodules",
        "HEAD", "config", "objects", "refs", "hooks", "sub", "sub/.git", "sub/.git/config", "sub/.git/hooks",
        "sub/.git/commondir", "tree", "tree/.git", "tools", "tools/hooks", "extra",
    ]

    private mutating func change() {
        let place = project.pushing(FilePath(Self.places[number(Self.places.count)]))
        // Behind one of its own links the change would be outside.
        guard (try? Files.makeDirectories(place.removingLastComponent())) != nil,
            RealPath.of(place.removingLastComponent()) == place.removingLastComponent()
        else { return }
        let operation = number(9)
        if operation < 7 { try? Files.removeTree(place) }
        switch operation {
        case 0: symlink(outside.string, place.string)
        case 1: symlink([outside.appending("file").string, ".", "..", "/nowhere", "../tools"][number(5)], place.string)
        case 2: mkfifo(place.string, 0o644)
        case 3: mkdir(place.string, 0o755)
        case 4, 5, 6: try? Files.write(Array(text().utf8), to: place)
        case 7:
            if let kind = try? Files.status(of: place).st_mode & S_IFMT, kind != S_IFLNK {
                chmod(place.string, [0, 0o311, 0o444][number(3)])
            }
        default: break
        }
    }

    /// None equals a placeholder, which would count as a killed launcher's and be removed.
    private mutating func text() -> String {
        let all = [
            "", "ref: refs/heads/main\n", "gitdir: \(outside)\n", "gitdir: ../outside\n", "gitdir: .git/worktrees/w\n",
            "gitdir: ../.git/modules/m\n", "../..\n", "../../../outside\n",
            "[core]\n\thooksPath = tools/hooks\n", "[core]\n\thooksPath = ../outside\n",
            "[include]\n\tpath = ../extra\n[extensions]\n\tworktreeConfig = true\n",
            "[include]\n\tpath = \(outside)/file\n",
            "[core]\n\tbare = false\n\tworktree = ../..\n", "[submodule \"m\"]\n\tpath = sub\n",
            "[submodule \"m\"]\n\tpath = ../outside\n", "\u{0}\u{1}", String(repeating: "[a]\nb = c\n", count: 2000),
        ]
        return all[number(all.count)]
    }
}
