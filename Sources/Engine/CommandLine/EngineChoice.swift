// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc

/// The chosen engine.
package struct EngineChoice: Sendable {
    /// Docker or Podman; `nil` is the embedded engine.
    package let commandLine: CommandLineEngine?
    /// Why the embedded engine was not chosen automatically.
    private let reason: String?

    /// The embedded engine.
    package static let embedded = EngineChoice(commandLine: nil, reason: nil)

    /// Creates a choice.
    package init(commandLine: CommandLineEngine?, reason: String?) {
        (self.commandLine, self.reason) = (commandLine, reason)
    }

    /// One line about the choice; the embedded engine reports itself.
    package var note: String? {
        guard let commandLine else { return nil }
        let name = "\(commandLine.dialect.program) \(commandLine.version) (\(commandLine.program))"
        return ["Engine: \(name).", reason].compactMap(\.self).joined(separator: " ")
    }

    /// Re-executes the program in a namespace where files can have other owners, unless that has happened; root needs
    /// none. For an ordinary user's own engine it is the namespace of that engine's containers, because they can be
    /// inspected only from there.
    ///
    /// - Parameters:
    ///   - arguments: The arguments of this process.
    ///   - environment: The environment of this process.
    /// - Throws: `EngineError`, `FileError`.
    package func enterNamespace(arguments: [String], environment: [String: String]) throws {
        guard let commandLine else {
            return try PrivateNamespace.enter(arguments: arguments, environment: environment)
        }
        guard geteuid() != 0, !PrivateNamespace.isEntered(environment: environment) else { return }
        let address = EngineAddress(commandLine.dialect, environment: environment)
        switch (commandLine.dialect, address.userDaemon) {
        case (.podman, _):
            try PrivateNamespace.reexecute(
                through: [commandLine.program.string, "unshare", "--"], package: "podman",
                arguments: arguments, environment: environment)
        case (.docker, let daemon?):
            try PrivateNamespace.reexecute(
                through: ["/usr/bin/nsenter", "--user", "--preserve-credentials", "--mount", "--target", "\(daemon)"]
                    + ["--wdns=\(try Files.target(of: "/proc/self/cwd"))", "--"], package: "util-linux",
                arguments: arguments, environment: environment)
        case (.docker, nil): try PrivateNamespace.enter(arguments: arguments, environment: environment)
        }
    }
}

extension EngineKind {
    /// The dialect of the command line; the embedded engine has none.
    package var dialect: CommandLineDialect? {
        switch self {
        case .embedded: nil
        case .docker: .docker
        case .podman: .podman
        }
    }
}
