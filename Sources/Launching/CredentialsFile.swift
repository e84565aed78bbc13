// SPDX-License-Identifier: Apache-2.0

import Engine
import Run
import SystemPackage

/// The coding agent's credentials file of a run: a file in memory with the entries of the chosen providers, mounted in
/// the place of the agent's own. It is writable when the agent renews tokens in it.
struct CredentialsFile: Sendable {
    private let credentials: ForwardedCredentials
    private let name: String
    /// The caller's file, checked again when tokens come back.
    private let file: @Sendable () throws -> FilePath?
    let mount: BindMount

    /// Writes the file, and makes the mount point.
    ///
    /// - Throws: `RunError.unknownProvider`, `.fileInProject`, `FileError`.
    init(
        _ providers: [String], _ directory: SessionDirectory, _ preparation: Preparation, _ console: LaunchConsole
    ) throws {
        let (caller, agent, trees) = (preparation.caller, preparation.agent, preparation.workspace.writtenTrees)
        file = { try caller.file(caller.dataDirectory.pushing(agent.credentials), outside: trees) }
        credentials = try ForwardedCredentials(providers, in: try file())
        name = agent.credentialsFile
        try directory.put(credentials.text, as: name, isWritable: credentials.isRenewable)
        let moved = try AgentFiles.makeDataDirectory(
            of: agent, in: preparation.state, owner: preparation.plan.user)
        for path in moved { console.warn("'\(path)' was in the way, moved aside") }
        mount = BindMount(
            source: directory.inner.appending(name),
            target: "\(preparation.definition.user.home)/.local/share/\(agent.credentials)",
            readOnly: !credentials.isRenewable, noExec: true)
    }

    /// Stores renewed tokens in the caller's file.
    func giveBack(from directory: SessionDirectory, _ console: LaunchConsole) {
        guard credentials.isRenewable, let returned = directory.written(name, limit: ForwardedCredentials.limit) else {
            return
        }
        do {
            guard let file = try file() else { return }
            try credentials.giveBack(returned, to: file).forEach(console.say)
        } catch { console.warn("The renewed sign-in is not stored: \(error)") }
    }
}
