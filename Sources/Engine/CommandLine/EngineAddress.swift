// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage

/// The address of an engine's daemon, read from the engine's own configuration without contacting it.
package struct EngineAddress: Hashable, Sendable {
    /// The address in the engine's notation: `unix:///var/run/docker.sock`, `ssh://host`; empty when only a name is
    /// known.
    package let text: String
    /// Whether a variable or a context selects the address.
    package let isChosen: Bool

    /// The address that `docker` or `podman` uses with these environment variables.
    ///
    /// Docker: `DOCKER_HOST`, else `DOCKER_CONTEXT`, else the context of `config.json`. Podman: `CONTAINER_HOST`, else
    /// `CONTAINER_CONNECTION` (podman(1)); without either, Podman runs without a daemon.
    package init(_ dialect: CommandLineDialect, environment: [String: String]) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        switch dialect {
        case .docker:
            let directory = FilePath(variable("DOCKER_CONFIG") ?? "\(variable("HOME") ?? "")/.docker")
            let context = variable("DOCKER_CONTEXT") ?? Self.currentContext(directory)
            let named = context.flatMap { $0 == "default" ? nil : $0 }
            let chosen = variable("DOCKER_HOST") ?? named.map { Self.host(of: $0, in: directory) }
            (text, isChosen) = (chosen ?? "unix:///var/run/docker.sock", chosen != nil)
        case .podman:
            let chosen = variable("CONTAINER_HOST") ?? variable("CONTAINER_CONNECTION").map { _ in "" }
            (text, isChosen) = (chosen ?? "unix:", chosen != nil)
        }
    }

    /// Whether the address is a local socket. Only then can directories of this machine be mounted.
    package var isSocket: Bool { text.hasPrefix("unix:") || text.hasPrefix("/") }

    /// The socket's path; `nil` for another kind of address.
    package var socket: String? { text.hasPrefix("unix://") ? String(text.dropFirst("unix://".count)) : nil }

    /// Whether the daemon runs as an ordinary user: the socket is not owned by root, or is in a user's runtime
    /// directory.
    package var isOfUser: Bool {
        guard let socket else { return false }
        return socket.hasPrefix("/run/user/") || ((try? Files.status(of: FilePath(socket)).st_uid) ?? 0) != 0
    }

    /// The PID of a rootless daemon's process (rootlesskit), which is root of the namespace of its containers. It is
    /// written to a file beside the socket (dockerd(8), `--pidfile`).
    package var userDaemon: Int32? {
        guard isOfUser, let socket else { return nil }
        let file = FilePath(socket).removingLastComponent().appending("docker.pid")
        let text = (try? Files.read(file, limit: 64)).map { String(decoding: $0.filter { $0 > 32 }, as: UTF8.self) }
        return text.flatMap { Int32($0) }.flatMap { $0 > 1 ? $0 : nil }
    }

    private struct Settings: Decodable { let currentContext: String? }

    private struct Context: Decodable {
        struct Endpoint: Decodable {
            let host: String?
            enum CodingKeys: String, CodingKey { case host = "Host" }
        }
        let endpoints: [String: Endpoint]
        enum CodingKeys: String, CodingKey { case endpoints = "Endpoints" }
    }

    private static func currentContext(_ directory: FilePath) -> String? {
        decode(Settings.self, directory.appending("config.json"))?.currentContext
    }

    /// A context's file is stored in a directory named after the digest of the context's name.
    private static func host(of context: String, in directory: FilePath) -> String {
        let file = directory.pushing("contexts/meta").appending(Digest(of: context.utf8).hex).appending("meta.json")
        return decode(Context.self, file)?.endpoints["docker"]?.host ?? ""
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ file: FilePath) -> Value? {
        (try? Files.read(file, limit: 1 << 20)).flatMap { try? JSONDecoder().decode(type, from: Data($0)) }
    }
}
