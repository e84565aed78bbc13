// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// A helper program that connects a container's network namespace to the outside through ordinary sockets: no bridge,
/// no packet filter, no privilege on the host. The host's loopback is unreachable, and no port is forwarded to the
/// container.
package struct UserNetwork: Hashable, Sendable {
    /// The supported programs.
    package enum Kind: String, CaseIterable, Sendable {
        case pasta, slirp4netns
    }

    let kind: Kind
    let path: FilePath

    /// The helper `kind`, installed at `path`.
    package init(kind: Kind, path: FilePath) {
        self.kind = kind
        self.path = path
    }

    /// Finds an installed helper; pasta is preferred, because it is faster and supports IPv6.
    ///
    /// - Throws: `EngineError.noUserNetwork`.
    static func find(in directories: [FilePath] = ["/usr/local/bin", "/usr/bin", "/bin"]) throws -> UserNetwork {
        for kind in Kind.allCases {
            let paths = directories.map { $0.appending(kind.rawValue) }
            if let path = paths.first(where: Files.exists) { return UserNetwork(kind: kind, path: path) }
        }
        throw EngineError.noUserNetwork
    }

    /// The address at which the helper forwards queries to the host's own name server, for a host whose name server
    /// listens on loopback. For pasta it is an arbitrary link-local address (RFC 3927).
    var nameServer: String { kind == .pasta ? "169.254.1.53" : "10.0.2.3" }

    /// The name servers of the host's resolv.conf(5) that are reachable over the network, and so from the container
    /// too.
    package static func reachableNameServers(host: String) -> [String] {
        let servers = host.split(separator: "\n").compactMap { line -> Substring? in
            let words = line.split(whereSeparator: \.isWhitespace)
            return words.count >= 2 && words[0] == "nameserver" ? words[1] : nil
        }
        return servers.filter { !$0.hasPrefix("127.") && $0 != "::1" && !$0.hasPrefix("fe80:") }.map(String.init)
    }

    /// The container's resolv.conf(5): the host's name servers that are `reachable`, or else `nameServer`.
    package func resolverConfiguration(reachable: [String]) -> String {
        (reachable.isEmpty ? [nameServer] : reachable).map { "nameserver \($0)\n" }.joined()
    }

    /// The command line that connects the network namespace `namespace`.
    ///
    /// - Parameter forwardsNames: Whether the container uses `nameServer`. With `--dns-forward`, pasta (observed in
    ///   2023-03-09) sets that address as the source of every answer from port 53, so queries to other servers time
    ///   out.
    package func arguments(namespace: FilePath, processFile: FilePath, forwardsNames: Bool) -> [String] {
        switch kind {
        case .pasta:
            // Without the four "none", pasta forwards ports in both directions by default, including the host's
            // loopback.
            [
                "--config-net", "--quiet", "--no-map-gw", "-t", "none", "-u", "none", "-T", "none", "-U", "none",
                "--runas", "0", "--pid", processFile.string, "--netns", namespace.string,
            ] + (forwardsNames ? ["--dns-forward", nameServer] : [])
        case .slirp4netns:
            [
                "--configure", "--mtu=65520", "--disable-host-loopback", "--ready-fd=1", "--netns-type=path",
                namespace.string, "tap0",
            ]
        }
    }
}

/// A network namespace that is connected until `stop()`.
struct ConnectedNamespace: Sendable {
    let path: FilePath
    private let helper: ChildProcess?
    private let processFile: FilePath

    /// Creates a network namespace at `scratch.network` and connects it.
    ///
    /// - Throws: `EngineError`, `FileError`.
    init(_ network: UserNetwork, _ scratch: ContainerScratch) async throws {
        path = scratch.network
        processFile = scratch.networkProcessFile
        try Files.write([], to: path)
        guard try Self.tool("/usr/bin/unshare", ["--net=\(path)", "/bin/true"]).run() == 0 else {
            throw EngineError.networkFailed(helper: "unshare", reason: "it could not create a network namespace")
        }
        let host = String(decoding: (try? Files.read("/etc/resolv.conf", limit: 1 << 16)) ?? [], as: UTF8.self)
        let servers = UserNetwork.reachableNameServers(host: host)
        try Files.write(Array(network.resolverConfiguration(reachable: servers).utf8), to: scratch.resolverFile)
        let arguments = network.arguments(
            namespace: path, processFile: processFile, forwardsNames: servers.isEmpty)
        let child = try Self.tool(network.path, arguments).start(output: .file(scratch.networkLog))
        switch network.kind {
        case .pasta:
            // pasta moves to the background as soon as the network is up.
            helper = nil
            guard child.wait() == 0 else { throw Self.failure(network, scratch) }
        case .slirp4netns:
            helper = child
            try Files.write(Array("\(child.pid)\n".utf8), to: processFile)
            try await Self.waitUntilReady(child, network, scratch)
        }
    }

    private static func tool(_ path: FilePath, _ arguments: [String]) -> ExternalProgram {
        ExternalProgram(path, arguments, environment: EmbeddedEngine.toolEnvironment)
    }

    /// slirp4netns writes a `1` to the log when the interface is up.
    private static func waitUntilReady(
        _ child: ChildProcess, _ network: UserNetwork, _ scratch: ContainerScratch
    ) async throws {
        for _ in 0..<500 {
            if try Files.read(scratch.networkLog, limit: 1 << 20).contains(UInt8(ascii: "1")) { return }
            if child.hasEnded() { throw failure(network, scratch) }
            do { try await Task.sleep(for: .milliseconds(10)) } catch {
                child.kill()
                throw error
            }
        }
        child.kill()
        throw EngineError.networkFailed(helper: network.kind.rawValue, reason: "it was not ready after 5 seconds")
    }

    private static func failure(_ network: UserNetwork, _ scratch: ContainerScratch) -> EngineError {
        let text = String(decoding: (try? Files.read(scratch.networkLog, limit: 1 << 20)) ?? [], as: UTF8.self)
        let reason = text.split(separator: "\n").last.map(String.init) ?? "it gave no reason"
        return .networkFailed(helper: network.kind.rawValue, reason: reason)
    }

    /// Ends the helper and removes the namespace.
    func stop() {
        if let helper { helper.kill() } else { Self.endHelper(processFile, of: path) }
        _ = clinux_detach(path.string)
    }

    /// Ends the process that `processFile` names, if it still serves `namespace`.
    static func endHelper(_ processFile: FilePath, of namespace: FilePath) {
        guard let bytes = try? Files.read(processFile, limit: 64),
            let number = pid_t(String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }), number > 1,
            let commandLine = try? Files.read(FilePath("/proc/\(number)/cmdline"), limit: 1 << 16),
            commandLine.split(separator: 0).contains(where: { $0.elementsEqual(namespace.string.utf8) })
        else { return }
        kill(number, SIGKILL)
    }
}
