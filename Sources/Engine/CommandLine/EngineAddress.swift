// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage

/// Where an engine's command line finds its daemon: read where the engine itself reads it, so that nothing is asked.
package struct EngineAddress: Hashable, Sendable {
    /// As the engine writes it: `unix:///var/run/docker.sock`, `ssh://host`; empty where only a name is known.
    package let text: String
    /// Whether somebody chose it, by a variable or a context.
    package let isChosen: Bool

    /// The address that `docker` or `podman` uses with these variables.
    ///
    /// Docker: `DOCKER_HOST`, else `DOCKER_CONTEXT`, else the context of `config.json`. Podman: `CONTAINER_HOST`, else
    /// `CONTAINER_CONNECTION` (podman(1)); without one it is its own server.
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

    /// Whether it is a socket in this machine's file system: directories of the machine can then be mounted.
    package var isSocket: Bool { text.hasPrefix("unix:") || text.hasPrefix("/") }

    /// The socket's path; `nil` for an address that is none.
    package var socket: String? { text.hasPrefix("unix://") ? String(text.dropFirst("unix://".count)) : nil }

    /// Whether its daemon is an ordinary user's: the socket is not root's, or lies in a user's runtime directory.
    package var isOfUser: Bool {
        guard let socket else { return false }
        return socket.hasPrefix("/run/user/") || ((try? Files.status(of: FilePath(socket)).st_uid) ?? 0) != 0
    }

    /// The process of such a daemon, which is root of the namespace where its containers live: rootlesskit's. It says
    /// its number beside its socket (dockerd(8), `--pidfile`).
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

    /// A context's file lies in a directory that is named by the digest of the context's name.
    private static func host(of context: String, in directory: FilePath) -> String {
        let file = directory.pushing("contexts/meta").appending(Digest(of: context.utf8).hex).appending("meta.json")
        return decode(Context.self, file)?.endpoints["docker"]?.host ?? ""
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ file: FilePath) -> Value? {
        (try? Files.read(file, limit: 1 << 20)).flatMap { try? JSONDecoder().decode(type, from: Data($0)) }
    }
}
