// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Foundation
import Run
import SystemPackage

/// The credentials of a run: tokens in memory, the ssh-agent proxy, and the container's variables for them.
struct Session: Sendable {
    private let directory: SessionDirectory?
    private let agent: PrivateAgent?
    private let proxy: SSHAgentProxy?
    private let log: FilePath
    let mounts: [BindMount]
    let environment: [String]

    init(_ preparation: Preparation, _ environment: CommandEnvironment, _ console: LaunchConsole) throws {
        log = preparation.state.signatureLog
        let credentials = preparation.credentials
        let providers = preparation.options.credentials.provider
        guard !credentials.isEmpty || !providers.isEmpty else {
            (directory, agent, proxy) = (nil, nil, nil)
            self.environment = []
            mounts = []
            return
        }
        let places = SessionDirectory.places(runtimeDirectory: environment.variable("XDG_RUNTIME_DIR"))
        let directory = try SessionDirectory(places: places)
        self.directory = directory
        do {
            for (forge, _, token) in credentials.tokens { try directory.put(token.revealed, as: forge.file) }
            let tool = try Self.gitHubTool(credentials, directory)
            (agent, proxy) = try Self.proxy(credentials.ssh, directory, log, environment)
            let provided = try Self.provided(providers, directory, preparation, environment, console)
            let socket = proxy == nil ? [] : ["SSH_AUTH_SOCK=\(SessionDirectory.target)/ssh-agent"]
            self.environment = socket + tool
            mounts =
                [BindMount(source: directory.inner, target: SessionDirectory.target, noExec: true)] + provided
        } catch {
            directory.remove()
            throw error
        }
    }

    /// gh(1) reads the token from its configuration directory, which a variable names, so no variable contains the
    /// token.
    private static func gitHubTool(_ credentials: Credentials, _ directory: SessionDirectory) throws -> [String] {
        guard let token = credentials.tokens.first(where: { $0.forge == .github })?.token else { return [] }
        let text = Array("github.com:\n    git_protocol: https\n    oauth_token: ".utf8) + token.revealed
        try directory.put(text + Array("\n".utf8), as: "gh/hosts.yml")
        return ["GH_CONFIG_DIR=\(SessionDirectory.target)/gh"]
    }

    private static func proxy(
        _ access: SSHAccess, _ directory: SessionDirectory, _ log: FilePath, _ environment: CommandEnvironment
    ) throws -> (PrivateAgent?, SSHAgentProxy?) {
        var agent: PrivateAgent?
        let (socket, keys): (FilePath, [AgentKey])
        switch access {
        case .none: return (nil, nil)
        case .personal(let user): (socket, keys) = (user.socket, [user.key])
        case .dedicated(let file):
            let started = try PrivateAgent(key: file, directory: directory.outer, environment: environment.variables)
            agent = started
            (socket, keys) = (started.socket, try UserAgent.keys(of: started.socket))
        }
        let proxy = try SSHAgentProxy(
            path: directory.inner.appending("ssh-agent"), agent: socket,
            filter: AgentFilter(allowed: Set(keys.map(\.blob)))
        ) { line in SignatureLog.add(line, to: log) }
        return (agent, proxy)
    }

    private static func provided(
        _ providers: [String], _ directory: SessionDirectory, _ preparation: Preparation,
        _ environment: CommandEnvironment,
        _ console: LaunchConsole
    ) throws -> [BindMount] {
        guard !providers.isEmpty else { return [] }
        let data =
            environment.variable("XDG_DATA_HOME").map { FilePath($0) } ?? environment.home.pushing(".local/share")
        let file = try environment.file(
            data.pushing("opencode/auth.json"), outside: preparation.writtenTrees)
        let entries = try AgentFiles.credentials(of: providers, in: file)
        try directory.put(entries, as: "auth.json")
        for path in try AgentFiles.makeDataDirectory(in: preparation.state, owner: preparation.plan.user) {
            console.warn("'\(path)' was in the way, moved aside")
        }
        let target = "\(preparation.definition.user.home)/.local/share/opencode/auth.json"
        return [BindMount(source: directory.inner.appending("auth.json"), target: target, noExec: true)]
    }

    /// Reports the use of the key.
    func report(to console: LaunchConsole) {
        guard let counts = proxy?.counts, counts.signatures + counts.refusals > 0 else { return }
        console.say("\(counts.signatures) signatures, \(counts.refusals) refusals by the ssh proxy: see \(log)")
    }

    func remove() {
        proxy?.stop()
        agent?.stop()
        directory?.remove()
    }
}

/// Logs each signature and refusal with its time.
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
