// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Foundation
import Glibc
import Run
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// The mount layer against a container that keeps replacing a directory by a link.
@Suite(.serialized, .enabled(if: StagedTrees.isPossible()))
struct StagedTreesTests {
    private static let setUp = """
        mkdir outside; echo secret > outside/secret; git init -q p; cd p; git -c user.name=a -c user.email=a@b commit -q \
            --allow-empty -m x; mkdir -p .git/modules/m/hooks; echo x > .git/modules/m/HEAD; : > .git/modules/m/config
        ln -s ../../../../outside .git/modules/m/link
        """
    private static let attempts = 1000

    /// Exchanges `hooks` and `link` until the flag is set.
    private func exchange(_ directory: FilePath, until isDone: borrowing Atomic<Bool>) {
        let (left, right) = (directory.appending("hooks").string, directory.appending("link").string)
        while !isDone.load(ordering: .relaxed) { clinux_exchange(left, right) }
    }

    private func attacked(_ body: @Sendable @escaping (FilePath) throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            try ShellLine.run(Self.setUp, in: directory)
            let isDone = Done()
            let module = directory.pushing("p/.git/modules/m")
            await withTaskGroup(of: Void.self) { group in
                group.addTask { exchange(module, until: isDone.flag) }
                group.addTask {
                    do { try body(directory) } catch { Issue.record(error) }
                    isDone.flag.store(true, ordering: .relaxed)
                }
            }
        }
    }

    private final class Done: Sendable {
        let flag = Atomic(false)
    }

    @Test("Concurrent launchers do not touch each other's directories")
    func together() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<200 {
                        let stage = try StageDirectory()
                        #expect(Files.exists(stage.trees))
                        stage.remove()
                        #expect(!Files.exists(stage.trees.removingLastComponent()))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("A thousand starts mount the checked directory, or nothing")
    func race() async throws {
        try await attacked { directory in
            let outside = try #require(RealPath.identity(directory.appending("outside")))
            var (mounted, refused) = (0, 0)
            for number in 0..<Self.attempts {
                let base = directory.appending("stage-\(number)")
                mkdir(base.string, 0o700)
                do {
                    let tree = GuardedTree(try ContainerTree(directory.appending("p")), target: "/workspace")
                    let guarding = try GitGuard([tree], rules: RepositoryRules(protected: ProtectedPaths(home: "/no")))
                    try guarding.makePlaceholders()
                    let staged = try StagedTrees(guarding.trees, in: base)
                    let table = String(decoding: try Files.read("/proc/self/mountinfo", limit: 1 << 24), as: UTF8.self)
                    let own = table.split(separator: "\n").filter { $0.contains(base.string) }
                    #expect(!own.contains { $0.split(separator: " ")[3].contains("/outside") })
                    #expect(staged.mounts.allSatisfy { RealPath.identity($0.source) != outside })
                    staged.remove()
                    mounted += 1
                } catch {
                    refused += 1
                    StagedTrees.remove(base)
                }
                #expect(!Files.exists(base))
            }
            #expect(mounted > 0 && refused > 0, "\(mounted) mounted, \(refused) refused")
            #expect(try Files.list(directory.appending("outside")) == ["secret"])
        }
    }

    @Test("The control run, which checks and then opens by name, fails")
    func control() async throws {
        try await attacked { directory in
            let outside = try #require(RealPath.identity(directory.appending("outside")))
            let place = directory.pushing("p/.git/modules/m/hooks")
            var lost = 0
            for _ in 0..<100 * Self.attempts where lost == 0 {
                guard Files.isDirectory(place) else { continue }
                if RealPath.identity(place) == outside { lost += 1 }
            }
            #expect(lost > 0)
        }
    }
}
