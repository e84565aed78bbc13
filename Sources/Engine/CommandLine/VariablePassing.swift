// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// How a container's environment variables are passed to the engine's client.
package enum VariablePassing: Hashable, Sendable {
    /// As arguments, which every user of the machine can read (proc(5), `/proc/PID/cmdline`). Variables in `fromClient`
    /// are passed without their values, which the client takes from its own environment.
    case arguments(fromClient: Set<String>)
    /// In a file that the client reads (`--env-file`).
    case file(FilePath)
}

/// A container's variables, split into those that a line of an `--env-file` can represent and the others.
///
/// Docker 20.10 (`opts/file.go`) and Podman 4.3 (`pkg/env/env.go`) read such a file with Go's `bufio.Scanner`: a line
/// ends with a newline, loses one carriage return before it, and is shorter than 64 KiB. Leading white space is
/// removed, `#` begins a comment, a name contains no white space; the value is taken literally. Docker refuses bytes
/// that are not UTF-8.
package struct VariableFile: Hashable, Sendable {
    /// The lines of the file.
    package let lines: [UInt8]
    /// The variables that no line can represent, as `NAME=value`.
    package let others: [String]

    /// Splits `variables`, each `NAME=value`.
    ///
    /// - Throws: `EngineError.unusableVariable`.
    package init(_ variables: [String]) throws(EngineError) {
        // A comment in the first line: Docker removes a byte order mark from the first line.
        var lines = Array("# variables of a container\n".utf8)
        var others: [String] = []
        for variable in variables {
            if try Self.isLine(variable, name: EngineArguments.name(of: variable)) {
                lines += Array(variable.utf8) + [UInt8(ascii: "\n")]
            } else {
                others.append(variable)
            }
        }
        self.lines = lines
        self.others = others
    }

    private static func isLine(_ variable: String, name: String) -> Bool {
        let bytes = variable.utf8
        let isName = !name.hasPrefix("#") && !name.unicodeScalars.contains { $0.properties.isWhitespace }
        return isName && bytes.count < 1 << 15 && !bytes.contains(UInt8(ascii: "\n"))
            && bytes.last != UInt8(ascii: "\r")
    }

    /// A shell script that exports the variables that no line can represent; `nil` when there are none.
    ///
    /// A shell exports only variables with valid names (Shell Command Language, 3.231 "Name"), so every variable of the
    /// container must then have such a name.
    ///
    /// - Parameter variables: All variables of the container.
    /// - Throws: `EngineError.variableNotPassed`.
    package static func shellScript(_ variables: [String], for engine: EngineKind) throws(EngineError) -> [UInt8]? {
        let others = try VariableFile(variables).others
        guard !others.isEmpty else { return nil }
        // The shell loses the others, too.
        if let lost = try variables.map(EngineArguments.name).first(where: { !VariableScript.isName($0) }) {
            throw .variableNotPassed(lost, engine)
        }
        return try VariableScript.text(others, for: engine)
    }
}

extension ContainerPlan {
    /// The path in the container of the shell script with the variables that no line can represent.
    package static let variablesTarget = "/run/opencode-variables"

    /// The plan without `variables`; a shell reads them from the file `script` before it executes the first program.
    package func reading(_ script: FilePath) throws(EngineError) -> ContainerPlan {
        let file = try VariableFile(environment)
        var plan = reading(script, at: Self.variablesTarget, behind: 0)
        plan.environment = environment.filter { !file.others.contains($0) }
        return plan
    }
}

extension EngineArguments {
    /// The name in `NAME=value`. Without a value, the engine would use the caller's variable of that name.
    ///
    /// - Throws: `EngineError.unusableVariable`.
    static func name(of variable: String) throws(EngineError) -> String {
        let assignment = VariableAssignment(variable)
        guard assignment.value != nil, !assignment.name.isEmpty else { throw .unusableVariable(variable) }
        return assignment.name
    }

    /// The arguments for a container's variables, according to `passing`.
    ///
    /// - Throws: `EngineError.unusableVariable`.
    func environment(
        _ variables: [String], _ passing: VariablePassing = .arguments(fromClient: [])
    ) throws(EngineError) -> [String] {
        switch passing {
        case .file(let file):
            // Such a variable can only come from the image here, and the engine's records show it anyway.
            return try ["--env-file", text(of: file)] + environment(VariableFile(variables).others)
        case .arguments(let names):
            var words: [String] = []
            for variable in variables {
                let name = try Self.name(of: variable)
                words += ["--env", names.contains(name) ? name : variable]
            }
            return words
        }
    }
}
