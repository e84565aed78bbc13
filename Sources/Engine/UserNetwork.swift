// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// The program that connects a container's own network namespace to the world with ordinary sockets: no bridge, no
/// packet filter, no privilege on the host. The host's loopback stays out of reach, and nothing listens for the
/// container.
package struct UserNetwork: Hashable, Sendable {
    /// The programs known here.
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

    /// Finds one; pasta is preferred: it is faster and knows IPv6.
    ///
    /// - Throws: `EngineError.noUserNetwork`.
    static func find(in directories: [FilePath] = ["/usr/local/bin", "/usr/bin", "/bin"]) throws -> UserNetwork {
        for kind in Kind.allCases {
            let paths = directories.map { $0.appending(kind.rawValue) }
            if let path = paths.first(where: Files.exists) { return UserNetwork(kind: kind, path: path) }
        }
        throw EngineError.noUserNetwork
    }

    /// The address at which the helper takes questions for the host's own name server, for a host whose name server
    /// listens on its loopback. pasta's is a link-local address (RFC 3927) of our choice.
    var nameServer: String { kind == .pasta ? "169.254.1.53" : "10.0.2.3" }

    /// The name servers of the host's resolv.conf(5) that are reached by network, and so from the container too.
    package static func reachableNameServers(host: String) -> [String] {
        let servers = host.split(separator: "\n").compactMap { line -> Substring? in
            let words = line.split(whereSeparator: \.isWhitespace)
            return words.count >= 2 && words[0] == "nameserver" ? words[1] : nil
        }
        return servers.filter { !$0.hasPrefix("127.") && $0 != "::1" && !$0.hasPrefix("fe80:") }.map(String.init)
    }

    /// The container's resolv.conf(5): the host's own name servers where there are `reachable` ones.
    package func resolverConfiguration(reachable: [String]) -> String {
        (reachable.isEmpty ? [nameServer] : reachable).map { "nameserver \($0)\n" }.joined()
    }

    /// The command line that serves the network namespace `namespace`.
    ///
    /// - Parameter forwardsNames: Whether the container asks `nameServer`. Only then: with `--dns-forward` pasta (seen
    ///   in 2023-03-09) gives every answer from port 53 that address as its source, so whoever asked another server
    ///   waits.
    package func arguments(namespace: FilePath, processFile: FilePath, forwardsNames: Bool) -> [String] {
        switch kind {
        case .pasta:
            // Without the four "none", ports are forwarded both ways by default, the host's loopback among them.
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
    private let helper: BlockingProcess?
    private let processFile: FilePath

    /// Makes a network namespace at `scratch.network` and connects it.
    ///
    /// - Throws: `EngineError`, `FileError`.
    init(_ network: UserNetwork, _ scratch: ContainerScratch) async throws {
        path = scratch.network
        processFile = scratch.networkProcessFile
        try Files.write([], to: path)
        guard try BlockingProcess.run("/usr/bin/unshare", ["--net=\(path)", "/bin/true"]) == 0 else {
            throw EngineError.networkFailed(helper: "unshare", reason: "no network namespace could be made")
        }
        let host = String(decoding: (try? Files.read("/etc/resolv.conf", limit: 1 << 16)) ?? [], as: UTF8.self)
        let servers = UserNetwork.reachableNameServers(host: host)
        try Files.write(Array(network.resolverConfiguration(reachable: servers).utf8), to: scratch.resolverFile)
        let arguments = network.arguments(
            namespace: path, processFile: processFile, forwardsNames: servers.isEmpty)
        let child = try mapErrno("run", network.path) {
            try BlockingProcess(network.path, arguments, output: scratch.networkLog)
        }
        switch network.kind {
        case .pasta:
            // It goes to the background as soon as the network is up.
            helper = nil
            guard child.wait() == 0 else { throw Self.failure(network, scratch) }
        case .slirp4netns:
            helper = child
            try Files.write(Array("\(child.processIdentifier)\n".utf8), to: processFile)
            try await Self.waitUntilReady(child, network, scratch)
        }
    }

    /// slirp4netns writes a `1` when the interface is up.
    private static func waitUntilReady(
        _ child: BlockingProcess, _ network: UserNetwork, _ scratch: ContainerScratch
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

    /// Ends the helper and lets the namespace go.
    func stop() {
        if let helper { helper.kill() } else { Self.endHelper(processFile, of: path) }
        _ = clinux_detach(path.string)
    }

    /// Ends the process that `processFile` names, if it is still the one that serves `namespace`.
    static func endHelper(_ processFile: FilePath, of namespace: FilePath) {
        guard let bytes = try? Files.read(processFile, limit: 64),
            let number = pid_t(String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }), number > 1,
            let commandLine = try? Files.read(FilePath("/proc/\(number)/cmdline"), limit: 1 << 16),
            commandLine.split(separator: 0).contains(where: { $0.elementsEqual(namespace.string.utf8) })
        else { return }
        kill(number, SIGKILL)
    }
}
