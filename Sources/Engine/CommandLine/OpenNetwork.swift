// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The network of a container whose profile's network is open: it leads outwards, and not to other containers of ours.
///
/// Docker: one bridge for all, whose ports do not talk to each other (`com.docker.network.bridge.enable_icc=false`).
/// Podman as root: a network for each container, with the option `isolate`; it keeps networks with that option apart,
/// and leaves those without it as they are. Podman of an ordinary user has a network stack for each container anyway
/// (slirp4netns, pasta).
package struct OpenNetwork: Sendable {
    /// Its name for the engine; `nil` is the engine's usual one.
    package let name: String?
    /// What does not hold here, in words.
    package let warning: String?
    /// What removes it; `nil` where it stays for others.
    private let owner: CommandLineEngine?

    /// The name of Docker's bridge, and the label of everything that is made here.
    package static let sharedName = "opencode-docker"
    private static let label = "opencode-docker.network"
    private static let isolation = "com.docker.network.bridge.enable_icc"

    /// Finds or makes the network for the container that is called `container`.
    ///
    /// - Parameter isRootless: Whether the engine's root is not the machine's.
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

    /// Removes it, unless others use it.
    package func remove() {
        if let name { owner?.removeNetworkNow(name) }
    }

    private static let warning =
        "Docker does not keep containers apart here: those with an open network reach each other's servers. "
        + "`modprobe br_netfilter` and a restart of its daemon change that."

    /// Frames from one port of a bridge to another pass the firewall only where br_netfilter has them do so (kernel
    /// documentation, networking/ip-sysctl, "bridge-nf-call-iptables").
    private static var filtersBridges: Bool {
        let value = try? Files.read("/proc/sys/net/bridge/bridge-nf-call-iptables", limit: 16)
        return value?.first == UInt8(ascii: "1")
    }

    /// Whether Docker has the bridge, or could make it.
    private static func bridge(on engine: CommandLineEngine) async throws -> Bool {
        if try await isThere(engine) { return true }
        let result = try await engine.call([
            "network", "create", "--driver", "bridge", "--label", "\(label)=shared", "--opt", "\(isolation)=false",
            sharedName,
        ])
        guard let failure = CommandLineFailure(engine.kind, result) else { return true }
        // Another launcher may have made it meanwhile.
        if try await isThere(engine) { return true }
        let said = String(decoding: result.standardError, as: UTF8.self)
        if said.contains("inter-container communication") || said.contains("br_netfilter") { return false }
        throw failure.error
    }

    /// - Throws: `EngineError.engineFailed` for a network of the name that was made otherwise.
    private static func isThere(_ engine: CommandLineEngine) async throws -> Bool {
        let template = "{{.Driver}} {{index .Options \"\(isolation)\"}} {{index .Labels \"\(label)\"}}"
        let result = try await engine.call(["network", "inspect", "--format", template, sharedName])
        guard result.status == 0 else { return false }
        let said = String(decoding: result.standardOutput.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard said == "bridge false shared" else {
            throw EngineError.engineFailed(
                engine.kind, "its network '\(sharedName)' was not made by this program, remove it (`docker network rm`)"
            )
        }
        return true
    }
}

extension CommandLineEngine {
    /// The engine as `environment` leads to it, without a question for its version.
    ///
    /// - Throws: `EngineError.engineMissing`.
    package static func unasked(
        _ dialect: CommandLineDialect, environment: [String: String]
    ) throws(EngineError) -> CommandLineEngine {
        guard let program = locate(dialect, environment) else { throw .engineMissing(dialect.kind) }
        return CommandLineEngine(dialect: dialect, program: program, version: "", environment: environment)
    }

    /// Removes a network with what is left in it, without a task.
    func removeNetworkNow(_ name: String) {
        _ = try? BlockingProcess.run(
            program, ["network", "rm"] + (dialect == .podman ? ["--force"] : []) + [name],
            variables: environment.map { "\($0)=\($1)" })
    }

    /// Removes the networks of launchers that are gone; Docker's is for all and stays.
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
