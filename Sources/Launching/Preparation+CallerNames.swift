// SPDX-License-Identifier: Apache-2.0

import Engine
import Run

/// The variables of `--env NAME`, whose values come from the caller's environment and are never printed.
extension Preparation {
    /// Their names; a later `--env NAME=VALUE` overrides a name.
    var callerNames: Set<String> {
        var isCallers: [String: Bool] = [:]
        for assignment in request.credentials.variables.map(VariableAssignment.init) {
            isCallers[assignment.name] = assignment.value == nil
        }
        return Set(isCallers.filter(\.value).keys)
    }

    /// The plan with placeholders for the values.
    func withoutCallerValues(_ plan: ContainerPlan) -> ContainerPlan {
        var plan = plan
        let names = callerNames
        plan.environment = plan.environment.map { variable in
            let name = VariableAssignment(variable).name
            return names.contains(name) ? "\(name)=(the value of \(name) in your environment)" : variable
        }
        return plan
    }

    /// An explanation of the printed command line; `nil` without such variables.
    package var remarkOnCallerNames: String? {
        let names = callerNames.sorted()
        guard !names.isEmpty else { return nil }
        let list = names.joined(separator: ", ")
        guard let dialect = plan.engine.dialect else { return "The values of \(list) are not printed." }
        return
            "With `--env NAME`, \(dialect.program) takes the value of \(list) from the environment of the command line."
    }

    /// The environment of the engine's program, without variables for the container, unless the engine's
    /// program itself, its libraries or its connections are known to read it.
    var engineEnvironment: [String: String] {
        let names = callerNames.filter { !Self.isEngines($0) }
        return caller.engineEnvironment.filter { !names.contains($0.key) }
    }

    private static func isEngines(_ name: String) -> Bool {
        let prefixes = [
            "DOCKER_", "CONTAINER", "PODMAN", "XDG_", "LC_", "SSL_CERT_", "LD_", "SSH_", "DBUS_", "_CONTAINERS_",
        ]
        let names: Set = [
            "HOME", "LANG", "LOGNAME", "PATH", "REGISTRY_AUTH_FILE", "TERM", "TMPDIR", "TZ", "USER", "STORAGE_DRIVER",
            "STORAGE_OPTS",
        ]
        return names.contains(name) || prefixes.contains { name.hasPrefix($0) }
            || name.lowercased().hasSuffix("_proxy")
    }
}
