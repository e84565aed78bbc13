// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Run
import SystemPackage

extension LaunchPlanner {
    /// The files that tell the coding agent about its container; none when the caller does not want them.
    func noteFiles(for plan: LaunchPlan) -> [MountedFile] {
        guard request.tellsAgent else { return [] }
        let notes = notes(for: plan)
        let texts = [
            (AgentNotes.Target.text, notes.text), (AgentNotes.Target.document, notes.document),
            (AgentNotes.Target.configuration, notes.configuration(permitsAdded: !decidesPermissions)),
        ]
        return texts.map { target, text in
            let name = FilePath(target).lastComponent?.string ?? ""
            return MountedFile(workspace.state.path.appending("agent-\(name)"), text: text, target: target)
        }
    }

    /// The way to let the agent use the added directories, when a rule would replace one of the caller's.
    var permissionRemark: String? {
        guard decidesPermissions, let rule = AgentNotes.rule(for: workspace.directories.added.map(\.target)) else {
            return nil
        }
        return
            "A configuration decides about the agent's permissions, or cannot be read, so it may have to ask for the added "
            + "directories. To permit them, add this to \"permission\" there: \(rule)"
    }

    /// Whether a configuration of the caller's or the project's decides about other directories.
    static func decidesPermissions(
        _ agent: CodingAgent, _ request: LaunchRequest, _ caller: Caller, _ workspace: GuardedWorkspace
    ) -> Bool {
        let project = workspace.directories.project.directory.path
        let below = request.workspace.subdirectory.components
        let levels = (0...below.count).map { project.appending(below.prefix($0)) }
        let files =
            caller.configurationFiles(of: agent)
            + levels.flatMap { level in agent.projectConfigurationFiles.map { level.pushing($0) } }
        let texts = files.compactMap { file -> [UInt8]? in
            // A link of the project has a target in the container alone: what cannot be read counts as deciding.
            CallerFile.bytes(file, in: workspace.writtenTrees, limit: 1 << 20)
                ?? ((try? Files.status(of: file)) == nil ? nil : [])
        }
        let given = request.credentials.variables.compactMap { text -> (String, String)? in
            let variable = VariableAssignment(text)
            return variable.value.map { (variable.name, $0) }
        }
        let variables = caller.variables.merging(given) { $1 }.filter { !$0.value.isEmpty }
        let content = variables[agent.contentVariable].map { Array($0.utf8) }
        return AgentPermissions.decide(
            in: texts + [content].compactMap(\.self), permission: variables[agent.permissionVariable])
    }

    private func notes(for plan: LaunchPlan) -> AgentNotes {
        AgentNotes(plan, directories: workspace.directories.mounts, isGuarded: !workspace.guarding.repositories.isEmpty)
    }
}
