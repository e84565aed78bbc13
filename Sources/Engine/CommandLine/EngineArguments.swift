// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// Renders plans as argument lists of `docker` or `podman`, without the program's name: pure functions, so that a list
/// can be compared, printed (`run --dry-run`) or executed.
///
/// Every default of an engine is set explicitly, because engines and their configuration files differ.
package struct EngineArguments: Hashable, Sendable {
    /// The command line's dialect.
    package let dialect: CommandLineDialect

    /// Arguments for `dialect`.
    package init(_ dialect: CommandLineDialect) { self.dialect = dialect }

    /// The `run` command that creates and starts the container of `plan`.
    ///
    /// - Throws: `EngineError` for a name, a path, a variable or a setting that this engine does not support.
    package func run(_ plan: ContainerPlan, _ settings: ContainerSettings) throws(EngineError) -> [String] {
        guard let program = plan.arguments.first else { throw .noProgram(plan.name) }
        let image = try word(settings.image)
        var words = ["run"] + attachment(plan, settings) + ["--name", try name(plan.name), "--pull", "never"]
        if let file = settings.identifierFile { words += ["--cidfile", try text(of: file)] }
        words += try isolation(plan.profile, hostname: plan.hostname, settings)
        words += restrictions(plan.profile, filter: try filter(plan.profile, settings)) + limits(plan.profile.limits)
        words += ["--user", "\(plan.userID):\(plan.groupID)"]
        words += plan.additionalGroups.flatMap { ["--group-add", "\($0)"] }
        words += ["--workdir", plan.workingDirectory]
        words +=
            try environment(plan.environment, settings.variables) + labels(plan.labels) + mounts(plan)
            + health(settings.health)
        return words + ["--entrypoint", program, image] + plan.arguments.dropFirst()
    }

    /// `exec`: one more process in a running container, with the capabilities of the container's profile. The
    /// capabilities of `process` cannot be passed to these engines.
    ///
    /// - Throws: `EngineError.unusableVariable`.
    package func exec(
        _ process: ProcessPlan, in container: String, input: Bool = false, terminal: Bool = false
    ) throws(EngineError) -> [String] {
        guard !process.arguments.isEmpty else { throw .noProgram(container) }
        let streams = (input ? ["--interactive"] : []) + (terminal ? ["--tty"] + Self.keys : [])
        let user = ["--user", "\(process.uid):\(process.gid)", "--workdir", process.workingDirectory]
        return try ["exec"] + streams + user + environment(process.environment) + [word(container)] + process.arguments
    }

    /// The key sequence that detaches from a terminal. The default, Ctrl-P Ctrl-Q, would capture Ctrl-P from every
    /// program.
    private static let keys = ["--detach-keys", "ctrl-^,ctrl-@,ctrl-^,ctrl-@"]

    private func attachment(_ plan: ContainerPlan, _ settings: ContainerSettings) -> [String] {
        var words = settings.removesItself ? ["--rm"] : []
        switch settings.attachment {
        case .background: words += ["--detach", "--log-driver", dialect == .docker ? "json-file" : "k8s-file"]
        case .caller(let input): words += (input ? ["--interactive"] : []) + ["--log-driver", "none"]
        }
        return words + (plan.terminal ? ["--tty"] + Self.keys : [])
    }

    /// A name that both engines accept: `[a-zA-Z0-9][a-zA-Z0-9_.-]+`.
    private func name(_ text: String) throws(EngineError) -> String {
        let allowed = text.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
        }
        guard allowed, text.utf8.count > 1, let first = text.first, first.isLetter || first.isNumber else {
            throw .invalidName(text)
        }
        return text
    }

    /// A positional argument, which must not begin with a dash.
    private func word(_ text: String) throws(EngineError) -> String {
        guard !text.isEmpty, !text.utf8.starts(with: "-".utf8) else { throw .invalidName(text) }
        return text
    }
}
