// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Foundation
import Run
import SystemPackage

/// What lives as long as a run: tokens in memory, the relay to an ssh-agent, and what the container is told of them.
struct Session: Sendable {
    private let folder: SessionFolder?
    private let agent: PrivateAgent?
    private let relay: AgentRelay?
    private let log: FilePath
    let mounts: [BindMount]
    let environment: [String]

    init(_ preparation: Preparation, _ surroundings: Surroundings, _ talk: Talk) throws {
        log = preparation.state.signatureLog
        let credentials = preparation.credentials
        let providers = preparation.options.credentials.provider
        guard !credentials.isEmpty || !providers.isEmpty else {
            (folder, agent, relay) = (nil, nil, nil)
            environment = []
            mounts = []
            return
        }
        let places = SessionFolder.places(runtimeFolder: surroundings.variable("XDG_RUNTIME_DIR"))
        let folder = try SessionFolder(places: places)
        self.folder = folder
        do {
            for (forge, _, token) in credentials.tokens { try folder.put(token.revealed, as: forge.file) }
            let tool = try Self.gitHubTool(credentials, folder)
            (agent, relay) = try Self.relay(credentials.ssh, folder, log, surroundings)
            let provided = try Self.provided(providers, folder, preparation, surroundings, talk)
            let socket = relay == nil ? [] : ["SSH_AUTH_SOCK=\(SessionFolder.target)/ssh-agent"]
            environment = socket + tool
            mounts =
                [BindMount(source: folder.inner, target: SessionFolder.target, noExec: true)] + provided
        } catch {
            folder.remove()
            throw error
        }
    }

    /// gh(1) reads the token from its configuration folder, which is named by a variable: the token is in no variable.
    private static func gitHubTool(_ credentials: Credentials, _ folder: SessionFolder) throws -> [String] {
        guard let token = credentials.tokens.first(where: { $0.forge == .github })?.token else { return [] }
        let text = Array("github.com:\n    git_protocol: https\n    oauth_token: ".utf8) + token.revealed
        try folder.put(text + Array("\n".utf8), as: "gh/hosts.yml")
        return ["GH_CONFIG_DIR=\(SessionFolder.target)/gh"]
    }

    private static func relay(
        _ access: SSHAccess, _ folder: SessionFolder, _ log: FilePath, _ surroundings: Surroundings
    ) throws -> (PrivateAgent?, AgentRelay?) {
        var agent: PrivateAgent?
        let (socket, keys): (FilePath, [AgentKey])
        switch access {
        case .none: return (nil, nil)
        case .personal(let user): (socket, keys) = (user.socket, [user.key])
        case .dedicated(let file):
            let started = try PrivateAgent(key: file, folder: folder.outer, environment: surroundings.environment)
            agent = started
            (socket, keys) = (started.socket, try UserAgent.keys(of: started.socket))
        }
        let relay = try AgentRelay(
            path: folder.inner.appending("ssh-agent"), agent: socket,
            filter: AgentFilter(allowed: Set(keys.map(\.blob)))
        ) { line in SignatureLog.add(line, to: log) }
        return (agent, relay)
    }

    private static func provided(
        _ providers: [String], _ folder: SessionFolder, _ preparation: Preparation, _ surroundings: Surroundings,
        _ talk: Talk
    ) throws -> [BindMount] {
        guard !providers.isEmpty else { return [] }
        let data =
            surroundings.variable("XDG_DATA_HOME").map { FilePath($0) } ?? surroundings.home.pushing(".local/share")
        let entries = try AgentFiles.credentials(of: providers, in: data.pushing("opencode/auth.json"))
        try folder.put(entries, as: "auth.json")
        for path in try AgentFiles.makeDataFolder(in: preparation.state, owner: preparation.plan.user) {
            talk.warn("'\(path)' was in the way, moved aside")
        }
        let target = "\(preparation.definition.user.home)/.local/share/opencode/auth.json"
        return [BindMount(source: folder.inner.appending("auth.json"), target: target, noExec: true)]
    }

    /// How often a key was used.
    func report(to talk: Talk) {
        guard let counts = relay?.counts, counts.signatures + counts.refusals > 0 else { return }
        talk.say("\(counts.signatures) signatures, \(counts.refusals) refusals by the ssh relay: see \(log)")
    }

    func remove() {
        relay?.stop()
        agent?.stop()
        folder?.remove()
    }
}

/// A line for each signature and refusal, with its time.
enum SignatureLog {
    static func add(_ line: String, to file: FilePath) {
        let time = Date().formatted(.iso8601)
        let options: FileDescriptor.OpenOptions = [.create, .append, .closeOnExec, .noFollow]
        guard let log = try? FileDescriptor.open(file, .writeOnly, options: options, permissions: [.ownerReadWrite])
        else {
            return
        }
        _ = try? log.closeAfter { try log.writeAll(Array("\(time) \(line)\n".utf8)) }
    }
}
