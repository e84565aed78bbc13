// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The network of a container whose profile has an open network: it reaches the internet, but no other container of
/// this program.
///
/// Docker: one shared bridge whose ports are isolated from each other (`com.docker.network.bridge.enable_icc=false`).
/// Rootful Podman: one network per container with the option `isolate`, which separates networks that have this option
/// from each other only. Rootless Podman: one network stack per container already (slirp4netns, pasta).
package struct OpenNetwork: Sendable {
    /// The engine's name of the network; `nil` for the default network.
    package let name: String?
    /// A warning about missing isolation on this machine.
    package let warning: String?
    /// The engine that removes the network; `nil` for a shared network, which is kept.
    private let owner: CommandLineEngine?

    /// The name of Docker's bridge, and the label of every network created here.
    package static let sharedName = "opencode-docker"
    private static let label = "opencode-docker.network"
    private static let isolation = "com.docker.network.bridge.enable_icc"

    /// Finds or creates the network for the container named `container`.
    ///
    /// - Parameter isRootless: Whether the engine runs without root.
    /// - Throws: `EngineError`.
    package init(for container: String, on engine: CommandLineEngine, isRootless: Bool) async throws {
        switch (engine.dialect, isRootless) {
        case (.docker, _):
            let made = try await Self.bridge(on: engine)
            (name, owner) = (made ? Self.sharedName : nil, nil)
            warning = made && Self.filtersBridges ? nil : Self.warning
        case (.podman, true): (name, warning, owner) = (nil, nil, nil)
        case (.podman, false):
            let own = "opencode-\(container)"
            let labels = ["\(Self.label)=own", "\(LauncherMark.label)=\(try LauncherMark.own().text)"]
            try await engine.must(
                ["network", "create", "--disable-dns", "--opt", "isolate=true"] + labels.flatMap { ["--label", $0] } + [
                    own
                ])
            (name, warning, owner) = (own, nil, engine)
        }
    }

    /// Removes the network unless it is shared.
    package func remove() {
        if let name { owner?.removeNetworkNow(name) }
    }

    private static let warning =
        "Docker does not isolate containers here: those with an open network reach each other's servers. "
        + "Run `modprobe br_netfilter` and restart its daemon to isolate them."

    /// Frames between two ports of a bridge pass the firewall only with br_netfilter (kernel documentation,
    /// networking/ip-sysctl, "bridge-nf-call-iptables").
    private static var filtersBridges: Bool {
        let value = try? Files.read("/proc/sys/net/bridge/bridge-nf-call-iptables", limit: 16)
        return value?.first == UInt8(ascii: "1")
    }

    /// Returns whether Docker has the bridge or could create it.
    private static func bridge(on engine: CommandLineEngine) async throws -> Bool {
        if try await isThere(engine) { return true }
        let result = try await engine.call([
            "network", "create", "--driver", "bridge", "--label", "\(label)=shared", "--opt", "\(isolation)=false",
            sharedName,
        ])
        guard let failure = CommandLineFailure(engine.kind, result) else { return true }
        // Another launcher may have created it at the same time.
        if try await isThere(engine) { return true }
        let said = String(decoding: result.standardError, as: UTF8.self)
        if said.contains("inter-container communication") || said.contains("br_netfilter") { return false }
        throw failure.error
    }

    /// - Throws: `EngineError.engineFailed` when a network of that name was created by something else.
    private static func isThere(_ engine: CommandLineEngine) async throws -> Bool {
        let template = "{{.Driver}} {{index .Options \"\(isolation)\"}} {{index .Labels \"\(label)\"}}"
        let result = try await engine.call(["network", "inspect", "--format", template, sharedName])
        guard result.status == 0 else { return false }
        let said = String(decoding: result.standardOutput.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard said == "bridge false shared" else {
            throw EngineError.engineFailed(
                engine.kind, "its network '\(sharedName)' is not this program's, remove it (`docker network rm`)"
            )
        }
        return true
    }
}

extension CommandLineEngine {
    /// The engine for `environment`, without querying its version.
    ///
    /// - Throws: `EngineError.engineMissing`.
    package static func unasked(
        _ dialect: CommandLineDialect, environment: [String: String]
    ) throws(EngineError) -> CommandLineEngine {
        guard let program = locate(dialect, environment) else { throw .engineMissing(dialect.kind) }
        return CommandLineEngine(dialect: dialect, program: program, version: "", environment: environment)
    }

    /// Removes a network with its remaining containers, outside of any task.
    func removeNetworkNow(_ name: String) {
        _ = try? client(["network", "rm"] + (dialect == .podman ? ["--force"] : []) + [name]).run()
    }

    /// Removes the networks whose launchers have ended; Docker's shared network is kept.
    func reapNetworks(seenBy own: LauncherMark) async throws {
        guard dialect == .podman else { return }
        let filter = ["--filter", "label=\(LauncherMark.label)"]
        let answer = try await must(["network", "ls", "--quiet"] + filter)
        for line in String(decoding: answer.standardOutput, as: UTF8.self).split(separator: "\n") {
            let name = String(line)
            let template = "{{index .Labels \"\(LauncherMark.label)\"}}"
            guard let result = try? await must(["network", "inspect", "--format", template, name]) else { continue }
            let text = String(decoding: result.standardOutput.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            if let mark = LauncherMark(text), mark.isOrphan(seenBy: own) { removeNetworkNow(name) }
        }
    }
}
