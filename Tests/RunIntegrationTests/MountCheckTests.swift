// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Run
import SystemPackage
import TestSupport
import Testing

/// The mount check, in mount namespaces in which the engine was misled.
@Suite(.enabled(if: StagedTrees.isPossible()))
struct MountCheckTests {
    /// The mounts, and the expected output of the mount check.
    struct Mounted: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let says: String
        /// Commands in place of a mount, by the mount's path in the project.
        var instead: [String: String] = [:]
        /// Commands after all mounts.
        var after = "true"
        var kernel: String?
        var name = "project"
    }

    static let all = [
        Mounted(testDescription: "what is held", says: "started\n"),
        Mounted(testDescription: "names that the kernel escapes", says: "started\n", name: "a b\t\\040\n'$x#"),
        Mounted(
            testDescription: "another directory", says: "/.git/hooks' was exchanged",
            instead: ["/.git/hooks": "mount -B \"$OUT\" .git/hooks; mount -o remount,bind,ro .git/hooks"]),
        Mounted(
            testDescription: "another project", says: "' was exchanged",
            instead: ["": "mount -B \"$OUT\" \"$PROJECT\"; cd \"$PROJECT\"; git init -q .; : > .git/config.lock"]),
        Mounted(
            testDescription: "another file", says: "/.git/config' was exchanged",
            instead: ["/.git/config": "mount -B \"$OUT/config\" .git/config; mount -o remount,bind,ro .git/config"]),
        Mounted(
            testDescription: "what can be written", says: "/.git/config' was exchanged",
            instead: ["/.git/config": "mount -B .git/config .git/config"]),
        Mounted(
            testDescription: "a mount elsewhere", says: "/.git/config' was exchanged",
            instead: ["/.git/config": "mount -B .git/config \"$OUT/config\"; mount -o remount,bind,ro \"$OUT/config\""]),
        Mounted(
            testDescription: "a mount that was renamed, with the held file in its place",
            says: "/config' was exchanged",
            after: "cd .git; ln config second; unshare -m sh -c 'umount config; mv config third; mv second config'"),
        Mounted(testDescription: "nothing", says: "/.git' was exchanged", instead: ["/.git": "mv .git away; exit"]),
        Mounted(
            testDescription: "another kernel's files", says: "is not compared",
            kernel: "11111111-2222-4333-8444-555555555555"
        ),
    ]

    @Test("A container starts only if the mounts equal the launcher's handles", arguments: all)
    func compares(mounted: Mounted) throws {
        try withTemporaryDirectory { directory in
            let project = directory.appending(mounted.name)
            try Files.makeDirectories(project)
            try ShellLine.run("git init -q .; mkdir ../out; cp .git/config ../out", in: project)
            let tree = GuardedTree(try ContainerTree(project), target: project)
            let guarding = try GitGuard([tree], rules: RepositoryRules(protected: ProtectedPaths(home: "/no")))
            try guarding.makePlaceholders()
            let check = try MountCheck(guarding.trees, kernel: mounted.kernel ?? LauncherMark.own().boot)
            let user = ContainerUser(caller: (0, 0), owner: (0, 0), image: (0, 0))
            try Files.write(check.program(for: user), to: directory.appending("check"))
            let place = ShellWord.quote(project.string)
            let mounts = guarding.mounts.map { mount in
                mounted.instead[String(mount.target.dropFirst(project.string.count))] ?? Self.command(mount)
            }
            let script = """
                PROJECT=\(place) OUT=\(directory)/out; cd "$PROJECT"
                (\(mounts.joined(separator: "\n"))
                \(mounted.after))
                exec bash \(directory)/check echo started
                """
            try Files.write(Array(script.utf8), to: directory.appending("script"))
            let output = try ShellLine.run(
                "unshare --mount --propagation private bash -u script 2>&1 || true", in: directory)
            #expect(String(decoding: output, as: UTF8.self).contains(mounted.says))
        }
    }

    private static func command(_ mount: BindMount) -> String {
        let place = ShellWord.quote(mount.target)
        // Relative paths afterwards are below the new mount.
        let bind = "mount --bind \(place) \(place); cd \"$PROJECT\""
        return mount.readOnly ? "\(bind); mount -o remount,bind,ro \(place)" : bind
    }
}
