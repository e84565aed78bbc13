// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import Engine
import OCI
import SystemPackage

/// Runs the configure program on the unpacked layers, in a container without network.
struct ConfigureStep {
    let engine: EmbeddedEngine
    let store: Store
    /// The platform whose programs are run.
    let platform: Platform
    let tracer: ConfigureTracer

    /// The result of the step.
    enum Ending {
        /// All changes are in the upper directory.
        case configured(upper: FilePath)
        /// The step stopped, because dpkg itself has to unpack a package.
        case needsDpkg(NeededUnpacking)
    }

    /// Runs the step and passes its result to `harvest` before the upper directory is removed.
    ///
    /// - Throws: `BuildError.scriptFailed`, `.conffileQuestion`, `.configureFailed`, `.oddFile`, `.unfitName`; what the
    ///   engine and `harvest` throw.
    func run<Result: Sendable>(
        over layers: [CachedLayer], progress: @escaping ProgressSink,
        harvest: @escaping @Sendable (Ending) throws -> Result
    ) async throws -> Result {
        let step = "configure"
        if let emulation = try Emulation.find(for: platform, scratch: engine.scratch) {
            progress(.note("The packages' scripts are for \(emulation): that takes minutes."))
        }
        let file = store.root.appending("logs").appending("configure-\(platform.architecture).log")
        let log = ConfigureLog(step: step, file: file, tracer: tracer, progress: progress)
        progress(.began(step: step, total: nil, unit: .items))
        let result = try await run(layers, log) { upper, status in
            guard status == 0 else {
                guard let needed = log.needed else { throw log.error(status: status) }
                return try harvest(.needsDpkg(needed))
            }
            try refuse(try tracer.look(at: upper), layers)
            return try harvest(.configured(upper: upper))
        }
        progress(.ended(step: step, summary: "\(log.configured) packages"))
        return result
    }

    /// The number of processes of the step, four times those of a container: scripts that compile use all cores.
    private static let processes = 4096

    private func run<Result: Sendable>(
        _ layers: [CachedLayer], _ log: ConfigureLog, _ afterwards: @Sendable (FilePath, Int32) async throws -> Result
    ) async throws -> Result {
        do {
            return try await engine.run(
                plan(over: layers), output: .lines { log.add($0) }, processes: Self.processes, afterwards: afterwards)
        } catch EngineError.tooManyProcesses(let limit) {
            let script = tracer.events.last?.worker.script.map { "the \($0.name) script of '\($0.package)'" }
            throw BuildError.tooManyProcesses(limit, script: script, log: log.file)
        }
    }

    private func refuse(_ unfit: ConfigureTracer.UnfitFile?, _ layers: [CachedLayer]) throws {
        guard let unfit else { return }
        let writers = try ScriptFinder(trees: layers.map(\.tree), tracer: tracer).writers(of: unfit.path)
        let scripts = writers.compactMap { worker in worker.script.map { "the \($0.name) script of '\($0.package)'" } }
        if unfit.flaw == .special { throw BuildError.oddFile(path: unfit.path.string, scripts: scripts) }
        throw BuildError.unfitName(path: "/\(unfit.path)", isText: unfit.flaw != .notText, scripts: scripts)
    }

    private func plan(over layers: [CachedLayer]) -> ContainerPlan {
        var profile = HardeningProfile.configureStep
        // The kernel refuses more where there are control groups; everywhere, the engine counts (`ProcessLimit`).
        if engine.host.limitsApply { profile.limits.pids = Self.processes }
        return ContainerPlan(
            name: "configure-\(Files.uniqueSuffix())", lowerDirectories: layers.map(\.tree),
            arguments: ["/.opencode-docker/configure"], environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
            workingDirectory: "/", hostname: "opencode", userID: 0, groupID: 0, additionalGroups: [], terminal: false,
            mounts: [], profile: profile, labels: [:])
    }
}
