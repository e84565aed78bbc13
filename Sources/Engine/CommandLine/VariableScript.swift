// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// A shell script that sets environment variables (Shell Command Language, 2.14 "export").
package enum VariableScript {
    /// The script that exports `variables`, each `NAME=value`.
    ///
    /// - Throws: `EngineError.unusableVariable`; `.variableNotPassed` for a variable that a shell does not export.
    package static func text(_ variables: [String], for engine: EngineKind) throws(EngineError) -> [UInt8] {
        var script = ""
        for variable in variables {
            let name = try EngineArguments.name(of: variable)
            let value = VariableAssignment(variable).value ?? ""
            guard isName(name), isAccepted(value, as: name) else { throw .variableNotPassed(name, engine) }
            script += "export \(name)=\(ShellWord.quote(value))\n"
        }
        return Array(script.utf8)
    }

    /// Whether a shell exports a variable of that name (Shell Command Language, 3.231 "Name").
    static func isName(_ name: String) -> Bool {
        let isLetter: (UInt8) -> Bool = { (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "_") }
        return name.utf8.first.map(isLetter) == true
            && name.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) }
    }

    /// A shell ends when OPTIND is no number.
    private static func isAccepted(_ value: String, as name: String) -> Bool {
        name != "OPTIND" || (1...4).contains(value.utf8.count) && value.utf8.allSatisfy { (48...57).contains($0) }
    }
}

extension ContainerPlan {
    /// The plan in which a shell reads the file `script`, mounted at `target`, before it executes the arguments behind the
    /// first `count`.
    func reading(_ script: FilePath, at target: String, behind count: Int) -> ContainerPlan {
        var plan = self
        plan.mounts.append(BindMount(source: script, target: target, noExec: true))
        let shell = ["/bin/sh", "-c", ". \(target); exec \"$@\"", "sh"]
        plan.arguments = Array(arguments.prefix(count)) + shell + Array(arguments.dropFirst(count))
        return plan
    }
}
