// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import Run
import Synchronization
import SystemPackage

/// Collects what is known about the end of a run's container from outside of it.
final class EndObserver: Sendable {
    /// The limits that the container reaches.
    let limits = LimitWatch()
    private let identifier = Mutex<String?>(nil)
    private let isKilledByEngine = Atomic(false)
    private let isMemoryFull = Atomic(false)
    private let machineKills = EndObserver.machineKills()
    private let clock: @Sendable () -> Int64

    /// - Parameter clock: Nanoseconds since 1970.
    init(clock: @escaping @Sendable () -> Int64) { self.clock = clock }

    /// Begins for a container of an engine with a command line.
    ///
    /// - Parameter file: The file to which the engine's client writes the container's ID.
    func begin(_ dialect: CommandLineDialect, _ file: FilePath) {
        let user = getuid()
        limits.begin { [self] in
            guard let bytes = try? Files.read(file, limit: 256), bytes.count >= 64 else { return nil }
            let id = String(decoding: bytes.filter { $0 > 32 }, as: UTF8.self)
            identifier.withLock { $0 = id }
            return dialect.controlGroups(of: id, user: user)
        }
    }

    /// Asks the engine, if the status may be that of a killed container, whether it was told to end it. Before the
    /// launcher removes the container, which is such a command as well.
    func ask(_ dialect: CommandLineDialect, status: Int32, environment: [String: String]) {
        limits.end()
        guard status == 137 || status == 143, let id = identifier.withLock({ $0 }) else { return }
        // Podman reports no signal.
        let format = dialect == .docker ? #"{{index .Actor.Attributes "signal"}}"# : "9"
        let signals = events("kill", of: id, dialect, format, environment) ?? []
        isKilledByEngine.store(signals.contains { ["9", "15"].contains($0) }, ordering: .relaxed)
    }

    /// Whether the engine started the container; also when that is unknown.
    func hasStarted(_ dialect: CommandLineDialect, environment: [String: String]) -> Bool {
        guard let id = identifier.withLock({ $0 }) else { return false }
        return events("start", of: id, dialect, "started", environment) != []
    }

    /// The past events of a kind, as words; `nil` when the engine does not answer.
    private func events(
        _ kind: String, of id: String, _ dialect: CommandLineDialect, _ format: String, _ environment: [String: String]
    ) -> [String]? {
        let filters = ["--filter", "container=\(id)", "--filter", "event=\(kind)", "--format", format]
        let answer = ExternalProgram.output(
            of: dialect.program, ["events"] + window(dialect) + filters, environment: environment)
        return answer.map { String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init) }
    }

    /// The options for past events. Docker takes the end with nanoseconds only as a time.
    private func window(_ dialect: CommandLineDialect) -> [String] {
        guard dialect == .docker else { return ["--stream=false", "--since", "720h"] }
        let (seconds, rest) = clock().quotientAndRemainder(dividingBy: 1_000_000_000)
        return ["--since", "1", "--until", "\(seconds).\("\(1_000_000_000 + rest)".dropFirst())"]
    }

    /// Examines the file system with the files that an embedded container wrote outside of its mounts.
    func examine(_ upper: FilePath) { isMemoryFull.store(Self.isFull(upper), ordering: .relaxed) }

    /// The facts of a run that ended with `status`.
    ///
    /// - Parameter directories: Directories on disk that the container could write to.
    func facts(_ status: Int32, of plan: LaunchPlan, directories: [FilePath]) -> EndFacts {
        var facts = EndFacts(status: status, engine: plan.engine, limits: plan.profile.limits)
        facts.events = limits.events
        facts.isEndedByCaller = SignalPassing.isEnding
        facts.isKilledByEngine = isKilledByEngine.load(ordering: .relaxed)
        facts.hasMachineKilled = Self.machineKills() > machineKills
        facts.fullDirectory = directories.first(where: Self.isFull)
        facts.isMemoryFileSystemFull = isMemoryFull.load(ordering: .relaxed)
        return facts
    }

    /// The number of processes that the kernel killed because memory ran out, in any control group (proc(5), `vmstat`).
    private static func machineKills() -> Int {
        let text = (try? Files.read("/proc/vmstat", limit: 1 << 16)) ?? []
        return LimitEvents.count("oom_kill", in: String(decoding: text, as: UTF8.self))
    }

    /// Whether a writable file system has no room for a file.
    private static func isFull(_ directory: FilePath) -> Bool {
        var facts = statvfs()
        guard statvfs(directory.string, &facts) == 0, facts.f_flag & UInt(ST_RDONLY) == 0 else { return false }
        let isWithoutFiles = facts.f_files > 0 && facts.f_favail == 0
        return facts.f_blocks > 0 && (UInt64(facts.f_bavail) * UInt64(facts.f_frsize) < 1 << 16 || isWithoutFiles)
    }
}
