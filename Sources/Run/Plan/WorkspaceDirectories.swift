// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage

/// The mounted directories of a container, without the repository's guard.
package struct WorkspaceDirectories: Hashable, Sendable {
    /// The mount point of the project without `--same-path`.
    static let usualTarget = "/workspace"

    /// The project.
    package let project: Project
    /// The mount point of the project.
    package let target: String
    /// The added directories with their mount points.
    package private(set) var added: [BindMount]

    /// Whether the project is read-only.
    package private(set) var isReadOnly: Bool
    /// Why directories are read-only without having been requested so, one sentence each.
    package private(set) var remarks: [String] = []
    private let directories: [MountableDirectory]

    /// Checks every directory.
    ///
    /// - Throws: `RunError` for a directory that is not mounted, and for two with the same mount point.
    package init(
        _ directory: AddedDirectory, samePath: Bool, adding: [AddedDirectory] = [], protected: ProtectedPaths
    ) throws(RunError) {
        project = Project(try MountableDirectory(directory.path, protected: protected))
        isReadOnly = directory.readOnly
        var directories = [project.directory]
        target = samePath ? project.directory.text : Self.usualTarget
        var mounts: [BindMount] = []
        for item in adding {
            let found = try MountableDirectory(item.path, protected: protected)
            let place = samePath ? found.text : "/mnt/\(found.path.lastComponent?.string ?? "")"
            if let other = mounts.first(where: { $0.target == place }) {
                throw .sameTarget(place, other.source, found.path)
            }
            if found.path == project.directory.path { throw .sameTarget(place, found.path, project.directory.path) }
            let others = mounts.map(\.source) + [project.directory.path]
            if !item.readOnly || samePath, let other = others.first(where: { Self.overlap($0, found.path) }) {
                throw .overlapping(found.path, other)
            }
            mounts.append(BindMount(source: found.path, target: place, readOnly: item.readOnly))
            directories.append(found)
        }
        added = mounts
        self.directories = directories
        try checkPlace()
    }

    /// Refuses a directory that the user of the container could not access: a container can leave its own workspace in
    /// that state, and give it to root.
    ///
    /// - Parameter caller: The effective UID of the launcher; root's container has the UID of the project's owner.
    /// - Throws: `RunError.closedDirectory`.
    package func checkAccess(caller: UInt32 = geteuid()) throws(RunError) {
        let user = caller == 0 ? project.directory.ownerID : caller
        for (mount, directory) in zip(mounts, directories) {
            let needed: UInt32 = mount.readOnly ? 0o500 : 0o700
            let isClosed =
                directory.ownerID == user
                ? user != 0 && directory.mode & needed != needed
                : caller != 0 && faccessat(AT_FDCWD, directory.text, R_OK | X_OK, AT_EACCESS) != 0
            if isClosed { throw .closedDirectory(directory.path, owner: directory.ownerID, user: user) }
        }
    }

    /// Makes the directories read-only that the container's user cannot write to, as `DIR:ro` does.
    ///
    /// - Parameter caller: The effective UID of the launcher; root's container has the UID of the project's owner.
    package mutating func closeUnwritable(caller: UInt32 = geteuid()) {
        let user = caller == 0 ? project.directory.ownerID : caller
        for (number, directory) in directories.enumerated() where !mounts[number].readOnly {
            if let reason = directory.obstacle(to: user) { close(number, because: reason) }
        }
    }

    /// Makes a writable directory read-only.
    ///
    /// - Parameters:
    ///   - number: Its place among the mounts.
    ///   - reason: What is not writable, and why.
    package mutating func close(_ number: Int, because reason: String) {
        remarks.append("'\(mounts[number].source)' is read-only in the container: \(reason).")
        guard number > 0 else { return isReadOnly = true }
        let mount = added[number - 1]
        added[number - 1] = BindMount(source: mount.source, target: mount.target, readOnly: true)
    }

    /// Whether one contains the other: a guarded path in one would be writable through the other.
    private static func overlap(_ left: FilePath, _ right: FilePath) -> Bool {
        left.starts(with: right) || right.starts(with: left)
    }

    /// With `--same-path`, the project must not hide the image's own files.
    private func checkPlace() throws(RunError) {
        let taken = ["/usr", "/etc", "/bin", "/lib", "/proc", "/sys", "/dev", "/run", "/var", "/home/opencode"]
        guard target != Self.usualTarget, taken.contains(where: { FilePath(target).starts(with: FilePath($0)) }) else {
            return
        }
        throw .oddName(project.directory.path, "in the container, that place is the image's own")
    }

    /// The mounts of the project and of the added directories.
    package var mounts: [BindMount] {
        [BindMount(source: project.directory.path, target: target, readOnly: isReadOnly)] + added
    }

    /// Opens every directory, the project first, and checks that they are the ones that were inspected.
    ///
    /// - Throws: `RunError.changedMeanwhile`, `FileError`.
    package func open() throws -> [GuardedTree] {
        try zip(mounts, directories).map { mount, directory in
            let tree = try ContainerTree(mount.source)
            guard tree.identity == directory.identity else { throw RunError.changedMeanwhile(mount.source) }
            return GuardedTree(tree, target: FilePath(mount.target), isReadOnly: mount.readOnly)
        }
    }
}

/// The changes of a profile by the command line.
package struct ProfileChanges: Hashable, Sendable {
    /// The network.
    package var network: NetworkMode?
    /// The memory in bytes.
    package var memory: UInt64?
    /// The size of `/dev/shm` in bytes.
    package var sharedMemory: UInt64?
    /// The number of processors.
    package var cpus: Double?
    /// The number of processes and threads.
    package var pids: Int?
    /// Whether sudo is disabled.
    package var noSudo = false

    /// No change.
    package init() {}

    /// The changes with no more processors than the machine has: Docker refuses more, and no engine can give them.
    package func bounded(processors: Int) -> ProfileChanges {
        var changes = self
        changes.cpus = cpus.map { min($0, Double(processors)) }
        return changes
    }

    /// A remark about a limit that `bounded` lowers; `nil` without one.
    package func remark(processors: Int) -> String? {
        guard let cpus, cpus > Double(processors) else { return nil }
        return "the container gets all \(processors) processors of this machine, which has no more (--cpus)"
    }

    /// The changed profile.
    package func applied(to profile: HardeningProfile) -> HardeningProfile {
        var profile = profile
        if let network { profile.network = network }
        if let memory {
            profile.limits.memory = memory
            // Whatever is in it is memory of the container: a program that fills it must not end all others.
            profile.limits.sharedMemory = min(profile.limits.sharedMemory, memory / 2)
        }
        if let sharedMemory { profile.limits.sharedMemory = sharedMemory }
        if let cpus { profile.limits.cpus = cpus }
        if let pids { profile.limits.pids = pids }
        if noSudo { profile.sudo = false }
        return profile
    }

    /// The weakenings that the changes cause, in words, reported at every start.
    package func weakenings(of profile: HardeningProfile) -> [String] {
        var words: [String] = []
        if network == .full && profile.network == .none { words.append("the network is open (--network full)") }
        if let pids, let usual = profile.limits.pids, pids > usual {
            words.append("\(pids) processes instead of \(usual) (--pids-limit)")
        }
        if let sharedMemory, sharedMemory > profile.limits.sharedMemory {
            let usual = ByteSize(profile.limits.sharedMemory)
            words.append("\(ByteSize(sharedMemory)) of shared memory instead of \(usual) (--shm-size)")
        }
        return words
    }
}

/// Parses amounts in the notation of container engines: `512m`, `2g`.
package enum Amount {
    /// The number of bytes of a memory limit, which is at least 6 MiB (docker-run(1)).
    ///
    /// - Throws: `RunError.unusable`.
    package static func bytes(_ text: String, option: String) throws(RunError) -> UInt64 {
        guard let size = ByteSize(text), size.bytes >= 6 << 20 else {
            throw .unusable(option: option, value: text, expected: "write 512m or 2g, at least 6m")
        }
        return size.bytes
    }
}
