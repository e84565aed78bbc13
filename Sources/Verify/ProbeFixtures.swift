// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage

/// The verifier's files in the container: the probe, a set-uid copy of it, and a read-only canary.
///
/// Each part is a separate mount directly below `/`, under a name that no image can contain. A runtime follows links in
/// a mount's path, which an image may have created, and a directory that contains a mount can be renamed; `/` is not a
/// link, and a mount point cannot be renamed or removed without permission to unmount it.
struct ProbeFixtures: Sendable {
    /// Replaces `token` in reports, so that two reports on one image are equal.
    static let word = "verify"
    private static let prefix = ".verify-"
    /// The names of the mounts.
    static let parts = ["probe", "helper", "canary"]

    /// The random part of the fixtures' names in the container.
    let token: String
    /// The directory on the host; accessible to the caller only, because it contains a set-uid file.
    private let directory: FilePath
    /// A lock that is held while the verifier runs.
    private let lock: FileDescriptor
    /// The addresses of the peer container.
    var peerAddresses: [String] = []

    /// Removes the directories that killed verifiers left in `scratch`, and copies the probe, under names that do not
    /// occur in `trees`, the layers of the image.
    ///
    /// - Throws: `FileError`.
    init(probe: FilePath, scratch: FilePath, absentFrom trees: [FilePath] = []) throws {
        token = Self.unusedToken(trees)
        Self.reap(scratch)
        (directory, lock) = try Self.make(in: scratch)
        for name in ["canary", "peer", "plain"] { try Files.makeDirectories(directory.appending(name)) }
        let program = try Files.read(probe, limit: 1 << 26)
        for name in ["probe", "helper"] { try Files.write(program, to: directory.appending(name)) }
        try Files.write(Array("canary\n".utf8), to: directory.appending("canary").appending("file"))
        // A program that cannot be read cannot be traced by processes of the container either (ptrace(2)).
        for (name, mode) in [("probe", 0o111), ("helper", 0o4111), ("canary", 0o755)] as [(String, mode_t)] {
            guard chmod(directory.appending(name).string, mode) == 0 else {
                throw FileError("change the mode of", directory.appending(name), Errno(rawValue: errno))
            }
        }
    }

    /// 128 random bits, so that an image cannot anticipate the names; the layers are searched all the same.
    private static func unusedToken(_ trees: [FilePath]) -> String {
        while true {
            let token = randomWord()
            let names = parts.map { name(of: $0, token) }
            if !trees.contains(where: { tree in names.contains { Files.exists(tree.appending($0)) } }) { return token }
        }
    }

    /// 128 bits from the system's random number generator.
    static func randomWord() -> String {
        (0..<4).map { _ in String(UInt32.random(in: 0x1000_0000 ... .max), radix: 16) }.joined()
    }

    /// A file created before the container was started.
    var mark: FilePath { directory.appending("canary").appending("file") }

    /// The identity of the probe's file.
    var program: ImageFileIdentity? { ImageFileIdentity(following: directory.appending("probe")) }

    func remove() {
        try? Files.removeTree(directory)
        try? lock.close()
    }

    /// Creates the directory and locks it. In between, another verifier may take it for an abandoned one and remove it.
    private static func make(in scratch: FilePath) throws -> (FilePath, FileDescriptor) {
        while true {
            let directory = scratch.appending("\(prefix)\(Files.uniqueSuffix())")
            guard mkdir(directory.string, 0o700) == 0 else {
                throw FileError("create", directory, Errno(rawValue: errno))
            }
            guard let lock = claim(directory) else { continue }
            if Files.exists(directory) { return (directory, lock) }
            try? lock.close()
        }
    }

    /// The kernel releases a lock with its process: an unlocked directory has no running verifier.
    private static func reap(_ scratch: FilePath) {
        for name in (try? Files.list(scratch)) ?? [] where name.hasPrefix(prefix) {
            guard let lock = claim(scratch.appending(name)) else { continue }
            try? Files.removeTree(scratch.appending(name))
            try? lock.close()
        }
    }

    /// Locks a directory; `nil` while another process holds the lock.
    private static func claim(_ directory: FilePath) -> FileDescriptor? {
        let options: FileDescriptor.OpenOptions = [.directory, .noFollow, .closeOnExec]
        guard let file = try? FileDescriptor.open(directory, .readOnly, options: options) else { return nil }
        if flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 { return file }
        try? file.close()
        return nil
    }

    /// The path of `part` in the container.
    func place(of part: String) -> String { Self.place(of: part, token) }

    static func place(of part: String, _ token: String) -> String { "/\(name(of: part, token))" }

    /// The leading dot gives it the same position in a sorted list for every token.
    private static func name(of part: String, _ token: String) -> String { ".\(token)-\(part)" }

    /// Returns whether each part is at its path in the container's file system as seen by the host: the same file,
    /// without links.
    func isInPlace(_ container: any StartedContainer) -> Bool {
        let files = ImageFiles(root: FilePath("/proc/\(container.pid)/root"))
        return Self.parts.allSatisfy { part in
            let own = ImageFileIdentity(following: directory.appending(part))
            return own != nil && files.identity(of: FilePath(Self.name(of: part, token))) == own
        }
    }

    /// Adds the fixtures to a plan and starts the probe behind the entrypoint: the view of the container's own program
    /// is evidence too.
    func added(to plan: ContainerPlan, for subject: VerifySubject) -> ContainerPlan {
        var plan = plan
        plan.terminal = false
        plan.mounts += Self.parts.map {
            // The helper has no `nosuid`, or the mount would block what no-new-privileges must block.
            BindMount(source: directory.appending($0), target: place(of: $0), noSuid: $0 != "helper")
        }
        plan.arguments = subject.entrypoint + command(for: subject, .entrypoint) + ["--wait"]
        return plan
    }

    /// The plan of the peer container: identical except for its own workspace and its program, which is the probe
    /// alone, so that its traces do not depend on the image.
    func peer(of plan: ContainerPlan, for subject: VerifySubject) -> ContainerPlan {
        var plan = apart(plan, for: subject, in: "peer")
        plan.name += "-peer"
        (plan.userID, plan.groupID) = (subject.userID, subject.groupID)
        plan.mounts.append(BindMount(source: directory.appending("probe"), target: place(of: "probe")))
        plan.arguments =
            [place(of: "probe"), "--be-peer", subject.peerToken] + (subject.workspace.map { [$0] } ?? [])
        return plan
    }

    /// The plan without fixtures, with a workspace of its own.
    func plain(_ plan: ContainerPlan, for subject: VerifySubject) -> ContainerPlan {
        apart(plan, for: subject, in: "plain")
    }

    private func apart(_ plan: ContainerPlan, for subject: VerifySubject, in name: String) -> ContainerPlan {
        var plan = plan
        plan.terminal = false
        let own = directory.appending(name)
        chown(own.string, subject.userID, subject.groupID)
        for index in plan.mounts.indices where plan.mounts[index].target == subject.workspace {
            plan.mounts[index].source = own
        }
        return plan
    }
}

/// The way the probe was started.
enum ProbeStart: String, CaseIterable {
    /// By the image's entrypoint, as the container's own program.
    case entrypoint
    /// By the image's program that changes from root to the user.
    case enter
    /// By the engine.
    case engine
}

extension ProbeFixtures {
    /// The argument by which the host identifies a process of the probe.
    func mark(of start: ProbeStart) -> String { "\(token)-\(start.rawValue)" }

    /// The probe's command line.
    func command(for subject: VerifySubject, _ start: ProbeStart) -> [String] {
        let own = [place(of: "canary"), place(of: "canary") + "/file"]
        let readOnly = own + subject.plan.mounts.filter(\.readOnly).map(\.target)
        let helper = place(of: "helper")
        let skipped = [helper] + (subject.workspace.map { [$0] } ?? [])
        var command = [place(of: "probe"), "--helper", helper, "--peer", subject.peerToken]
        for address in peerAddresses { command += ["--peer-address", address] }
        for path in readOnly { command += ["--read-only", path] }
        for path in skipped { command += ["--skip-tree", path] }
        if let workspace = subject.workspace { command += ["--workspace", workspace] }
        return command + ["--mark", mark(of: start)]
    }

    /// The results without the token, so that they are equal for every token.
    func neutral(_ results: [ProbeResult]) -> [ProbeResult] {
        results.map { result in
            guard case .value(let value) = result.outcome else { return result }
            // The kernel truncates the name of a process (prctl(2), PR_SET_NAME).
            let neutral = value.replacing(token, with: Self.word).replacing(token.prefix(14), with: Self.word)
            return ProbeResult(result.probe, result.vantage, .value(neutral))
        }
    }
}
