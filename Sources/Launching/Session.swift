// SPDX-License-Identifier: Apache-2.0

import Core
import Egress
import Engine
import Foundation
import Run
import SystemPackage

/// The credentials of a run: tokens in memory, the ssh-agent proxy, and the container's variables for them. Also the proxy
/// to the allowed hosts.
struct Session: Sendable {
    private let directory: SessionDirectory?
    private let agent: PrivateAgent?
    private let proxy: SSHAgentProxy?
    private let network: EgressProxy?
    private let log: FilePath
    private let forwarded: CredentialsFile?
    let mounts: [BindMount]
    let environment: [String]

    /// - Parameter clock: Nanoseconds since 1970, for the log of signatures.
    init(_ preparation: Preparation, _ console: LaunchConsole, clock: @escaping @Sendable () -> Int64) throws {
        log = preparation.state.signatureLog
        let credentials = preparation.credentials
        let providers = preparation.request.credentials.providers
        guard !credentials.isEmpty || !providers.isEmpty || preparation.plan.access != nil else {
            (directory, agent, proxy, network, forwarded) = (nil, nil, nil, nil, nil)
            self.environment = []
            mounts = []
            return
        }
        let directory = try preparation.caller.sessionDirectory()
        self.directory = directory
        do {
            for (forge, _, token) in credentials.tokens { try directory.put(token.revealed, as: forge.file) }
            let tool = try Self.gitHubTool(credentials, directory)
            (agent, proxy) = try Self.proxy(preparation, directory, clock)
            network = try Self.network(of: preparation.plan, directory)
            forwarded = try providers.isEmpty ? nil : CredentialsFile(providers, directory, preparation, console)
            let socket = proxy == nil ? [] : ["SSH_AUTH_SOCK=\(SessionDirectory.target)/ssh-agent"]
            self.environment = socket + tool
            mounts =
                [BindMount(source: directory.inner, target: SessionDirectory.target, noExec: true)]
                + [forwarded?.mount].compactMap(\.self)
        } catch {
            directory.remove()
            throw error
        }
    }

    /// The proxy of a container without a route.
    private static func network(of plan: LaunchPlan, _ directory: SessionDirectory) throws -> EgressProxy? {
        guard plan.access != nil else { return nil }
        return try EgressProxy(path: directory.inner.appending(NetworkAccess.socketName), policy: plan.network)
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
        _ preparation: Preparation, _ directory: SessionDirectory, _ clock: @escaping @Sendable () -> Int64
    ) throws -> (PrivateAgent?, SSHAgentProxy?) {
        var agent: PrivateAgent?
        let (socket, keys): (FilePath, [AgentKey])
        switch preparation.credentials.ssh {
        case .none: return (nil, nil)
        case .personal(let user): (socket, keys) = (user.socket, [user.key])
        case .dedicated(let file):
            let started = try PrivateAgent(
                key: file, directory: directory.outer, environment: preparation.caller.variables)
            agent = started
            (socket, keys) = (started.socket, try UserAgent.keys(of: started.socket))
        }
        let log = preparation.state.signatureLog
        let proxy = try SSHAgentProxy(
            path: directory.inner.appending("ssh-agent"), agent: socket,
            filter: AgentFilter(allowed: Set(keys.map(\.blob)))
        ) { line in SignatureLog.add(line, at: clock(), to: log) }
        return (agent, proxy)
    }

    /// Stores renewed tokens, and reports the use of the key and the refused hosts.
    func report(to console: LaunchConsole) {
        for line in network?.refused.lines ?? [] { console.say(line) }
        if let forwarded, let directory { forwarded.giveBack(from: directory, console) }
        guard let counts = proxy?.counts, counts.signatures + counts.refusals > 0 else { return }
        console.say("\(counts.signatures) signatures, \(counts.refusals) refusals by the ssh proxy: see \(log)")
    }

    func remove() {
        proxy?.stop()
        network?.stop()
        agent?.stop()
        directory?.remove()
    }
}

/// Logs each signature and refusal with its time.
enum SignatureLog {
    /// Adds a line.
    ///
    /// - Parameter time: Nanoseconds since 1970.
    static func add(_ line: String, at time: Int64, to file: FilePath) {
        let time = Date(timeIntervalSince1970: Double(time / 1_000_000_000)).formatted(.iso8601)
        let options: FileDescriptor.OpenOptions = [.create, .append, .closeOnExec, .noFollow]
        guard let log = try? FileDescriptor.open(file, .writeOnly, options: options, permissions: [.ownerReadWrite])
        else {
            return
        }
        _ = try? log.closeAfter { try log.writeAll(Array("\(time) \(line)\n".utf8)) }
    }
}
