// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import Run
import SystemPackage

/// The containers of killed launchers, on all engines.
package struct KilledContainers: Sendable {
    private static let steering = [
        "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH", "DOCKER_TLS", "DOCKER_TLS_VERIFY",
        "CONTAINER_HOST", "CONTAINER_CONNECTION", "CONTAINER_SSHKEY", "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF",
        "STORAGE_DRIVER", "STORAGE_OPTS", "HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME",
    ]
    private static let scratch = "scratch"

    private let environment: [String: String]
    private let directories: [FilePath]
    private let boot: String

    /// The caller's containers, independent of the state directory; those recorded only in this state when the machine
    /// has no directory for records.
    package init(_ caller: Caller) {
        environment = caller.engineEnvironment
        let own = caller.stateDirectory.appending("launches")
        directories = [LaunchRecord.directory(of: geteuid()), own].compactMap(\.self)
        boot = (try? LauncherMark.own().boot) ?? "-"
    }

    /// The containers that were not removed yet, read anew from the directories.
    package var current: KilledLaunches { KilledLaunches(all: directories.flatMap(LaunchRecord.killed), boot: boot) }

    /// Records a container before its start.
    ///
    /// - Parameter scratch: The directory of the embedded engine.
    /// - Throws: `FileError`.
    func record(_ engine: EngineKind, scratch: FilePath, repositories: Set<FileIdentity>) throws -> LaunchRecord {
        let variables =
            engine == .embedded
            ? [Self.scratch: scratch.string] : environment.filter { Self.steering.contains($0.key) }
        return try LaunchRecord(
            at: EnginePlace(engine, variables: variables), repositories: repositories, boot: boot, in: directories[0])
    }

    /// Removes the containers on each reachable engine, with the engine's recorded environment.
    ///
    /// - Parameter repositories: The repositories of the new run; a warning is printed only for containers that may
    ///   still use these.
    package func remove(_ console: LaunchConsole, concerning repositories: Set<FileIdentity>) async {
        var removed = 0
        for (place, launches) in Dictionary(grouping: current.all, by: \.place) {
            guard let count = try? await remove(from: place) else { continue }
            removed += count
            for launch in launches { launch.remove() }
        }
        for engine in current.engines(holding: repositories) {
            console.warn(
                "A container of a killed launcher may still run on \(engine.rawValue), which does not answer: "
                    + "until it does, the container's repositories stay guarded, also against `git config`.")
        }
        guard removed > 0 else { return }
        console.say("Removed containers of killed launchers: \(removed)")
        // Their clients, which hold the repositories' locks, end shortly afterwards.
        try? await Task.sleep(for: .milliseconds(300))
    }

    private func remove(from place: EnginePlace) async throws -> Int {
        guard let dialect = place.engine.dialect else {
            guard let scratch = place.variables[Self.scratch] else { return 0 }
            return try await EmbeddedEngine.reap(FilePath(scratch)).count
        }
        let own = place.variables.isEmpty ? environment : environment.filter { !Self.steering.contains($0.key) }
        let variables = own.merging(place.variables) { $1 }
        return try await CommandLineEngine.find(dialect, environment: variables).reap().count
    }
}

/// A snapshot of the launches whose launchers were killed.
package struct KilledLaunches: Sendable {
    fileprivate let all: [KilledLaunch]
    fileprivate let boot: String

    /// Returns whether a container may still run that needs the guard of `repository`.
    package func mayHold(_ repository: FileIdentity) -> Bool { all.contains { $0.mayHold(repository, boot: boot) } }

    /// Returns whether no launcher uses `repository`, so that its guard can be removed.
    package func isUnused(_ repository: FileIdentity) -> Bool {
        !mayHold(repository) && ProjectLock.isFree(repository)
    }

    /// The engines whose containers may still use one of `repositories`.
    fileprivate func engines(holding repositories: Set<FileIdentity>) -> Set<EngineKind> {
        Set(all.filter { launch in repositories.contains { launch.mayHold($0, boot: boot) } }.map(\.place.engine))
    }
}

extension Preparation {
    /// Reports the changes of this project's runs whose launchers were killed.
    func reportKilledRuns(_ console: LaunchConsole) {
        let project = project.directory.identity
        let runs = RunRecord.killed(in: state, of: project, records: LaunchRecord.directory(of: geteuid()))
        guard !runs.isEmpty else { return }
        let containers = KilledContainers(caller).current
        guarding.removePlaceholders(where: containers.isUnused)
        if let start = runs.compactMap(\.start).min() {
            console.warn("The last run was killed before its report. Changes since it began:")
            if !ChangedFiles(self, console).report(since: start, isOwn: false) {
                console.warn("No file changed that programs on this machine execute.")
            }
        }
        for directory in Set(runs.flatMap(\.written)).subtracting(written).sorted(by: { $0.string < $1.string }) {
            console.warn("The killed run could also write to '\(directory)', which this run does not check.")
        }
        // A container that still runs can make further changes.
        guard !containers.mayHold(project) else { return }
        for run in runs { run.remove() }
    }
}
