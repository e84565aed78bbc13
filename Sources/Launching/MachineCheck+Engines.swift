// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import Run

extension MachineCheck {
    /// Checks each engine; one working engine is enough.
    func engines() async -> [MachineFinding] {
        var found: [MachineFinding] = []
        for dialect in CommandLineDialect.allCases {
            do {
                let engine = try await CommandLineEngine.find(dialect, environment: caller.variables)
                let about = try await engine.information()
                if dialect == .docker && about.isRootless {
                    found.append(
                        Self.note(
                            "docker \(engine.version) answers, but rootless Docker cannot run the agent with your UID",
                            "use `--engine podman`, or Docker with its daemon as root"))
                    continue
                }
                if about.lacksUsers { throw SubordinateIDs.lack }
                let kind = about.isRootless ? "rootless" : "the daemon runs as root: its users are equivalent to root"
                found.append(
                    MachineFinding(verdict: .good, what: "\(dialect.program) \(engine.version) answers (\(kind))"))
                if about.isCopyingImages {
                    found.append(
                        Self.note("\(dialect.program): \(EngineInformation.copyingImages)", "use the driver overlay"))
                }
            } catch let error as EngineError {
                found.append(Self.note("\(dialect.program): \(error.sentence)", error.hint))
            } catch { found.append(Self.note("\(dialect.program): \(error)", nil)) }
        }
        found.append(await embedded())
        guard !found.contains(where: { $0.verdict == .good }) else { return found }
        return found + [Self.bad("nothing here can run a project", "apt-get install podman uidmap, or start Docker")]
    }

    private func embedded() async -> MachineFinding {
        do {
            let host = try HostFacts.current()
            let runtime = try await OCIRuntime.find(cgroups: host.cgroups)
            guard geteuid() == 0 else {
                return Self.note(
                    "\(runtime.name) \(runtime.version) is installed, but the embedded engine needs root for projects",
                    "use `--engine docker` or `--engine podman`")
            }
            let limits = host.limitsApply ? "limits work" : "limits cannot be enforced"
            return MachineFinding(
                verdict: .good, what: "embedded engine: \(runtime.name) \(runtime.version), \(limits)")
        } catch let error as EngineError {
            return Self.note("embedded engine: \(error.sentence)", error.hint)
        } catch { return Self.note("embedded engine: \(error)", nil) }
    }
}
