// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The variables of the user's process alone. The image's entrypoint, which runs as root first, has the image's own
/// environment: a `PATH`, an `LD_PRELOAD` or a `PERL5OPT` of the caller would direct it.
package enum UserVariables {
    /// The path in the container of the shell script with the variables.
    package static let target = "/run/opencode-environment"

    /// A shell script that exports `variables`, each `NAME=value`.
    ///
    /// - Throws: `EngineError.unusableVariable`; `.variableNotPassed` for a name that a shell does not export.
    package static func script(_ variables: [String], for engine: EngineKind) throws(EngineError) -> [UInt8] {
        var script = ""
        for variable in variables {
            let name = try EngineArguments.name(of: variable)
            let value = VariableAssignment(variable).value ?? ""
            guard VariableFile.isShellName(name), isAccepted(value, as: name) else {
                throw .variableNotPassed(name, engine)
            }
            script += "export \(name)=\(ShellWord.quote(value))\n"
        }
        return Array(script.utf8)
    }

    /// A shell ends when OPTIND is no number.
    private static func isAccepted(_ value: String, as name: String) -> Bool {
        name != "OPTIND" || (1...4).contains(value.utf8.count) && value.utf8.allSatisfy { (48...57).contains($0) }
    }
}

extension ContainerPlan {
    /// The plan in which a shell reads the variables in the file `script` behind the entrypoint, before it executes the
    /// command.
    ///
    /// - Parameter count: The number of arguments that are the entrypoint.
    package func givingVariables(in script: FilePath, behind count: Int) -> ContainerPlan {
        var plan = self
        plan.mounts.append(BindMount(source: script, target: UserVariables.target, noExec: true))
        let shell = ["/bin/sh", "-c", ". \(UserVariables.target); exec \"$@\"", "sh"]
        plan.arguments = Array(arguments.prefix(count)) + shell + Array(arguments.dropFirst(count))
        return plan
    }
}
