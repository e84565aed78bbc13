// SPDX-License-Identifier: Apache-2.0

import Engine
import Run
import SystemPackage

/// A directory in memory with the files for one container's start: the environment variables for the engine's client,
/// whose arguments are visible to every user of the machine and whose own environment controls it, and the program that
/// compares the mounts.
struct StartDirectory: Sendable {
    /// The plan, with the program that reads variables that no line of a file can represent, and the mount check.
    let plan: ContainerPlan
    /// The file with the other variables.
    let passing: VariablePassing
    private let directory: SessionDirectory

    /// The file for the container's ID, which the engine's client writes.
    var identifierFile: FilePath { directory.outer.appending("container") }

    /// Writes the files. The client's file is removed after it was read.
    ///
    /// - Parameter mountCheck: The first program of the container; `nil` when its trees are mounted from handles.
    /// - Throws: `EngineError.variableNotPassed`, `.unusableVariable`, `RunError`, `FileError`.
    init(
        of plan: ContainerPlan, for dialect: CommandLineDialect, mountCheck: [UInt8]?, _ caller: Caller
    ) throws {
        let script = try VariableFile.shellScript(plan.environment, for: dialect.kind)
        directory = try caller.sessionDirectory()
        do {
            let file = try directory.keep(VariableFile(plan.environment).lines, as: "variables")
            passing = .file(file)
            var plan = plan
            if let script {
                try directory.put(script, as: "variables")
                plan = try plan.reading(directory.inner.appending("variables"))
            }
            if let mountCheck {
                try directory.put(mountCheck, as: "mounts")
                plan = plan.checkingMounts(directory.inner.appending("mounts"))
            }
            self.plan = plan
            FirstReader.removesAfterReading(file)
        } catch {
            directory.remove()
            throw error
        }
    }

    /// Removes everything.
    func remove() { directory.remove() }
}
