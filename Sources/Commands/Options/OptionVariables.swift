// SPDX-License-Identifier: Apache-2.0

import Engine
import Run

/// The environment variables of options: `OPENCODE_DOCKER_LOCK=f` is `--lock f` for each subcommand that has `--lock`.
///
/// The variable follows from the option's long name, so every option has one. The command line takes precedence.
package struct OptionVariables {
    private let root: HelpDump.Command

    /// The variables of the options of a command and its subcommands.
    ///
    /// - Parameter dump: The output of `--experimental-dump-help`.
    /// - Throws: `DecodingError`.
    package init(helpDump dump: String) throws {
        root = try HelpDump(dump).command
    }

    /// The prefix of every variable.
    package static let prefix = "OPENCODE_DOCKER_"

    /// Whether a name can be an option's variable; the markers of a program that is executed again are none.
    package static func isPossible(_ name: String) -> Bool {
        name.hasPrefix(prefix) && ![PrivateNamespace.marker, TerminalJob.marker].contains(name)
            && !readElsewhere.contains(name)
    }

    /// Variables that the commands read themselves: of contradictory options, the command line must override the
    /// environment.
    private static let readElsewhere = ["QUIET", "VERBOSE", "PROGRESS"].map { prefix + $0 }

    /// The variable of the option `--name`.
    package static func variable(of name: String) -> String {
        prefix + name.uppercased().replacing("-", with: "_")
    }

    /// Inserts the options of the environment into `given`, after the names of the subcommands.
    ///
    /// A flag is on for "1", "true", "yes" and "on", and off for "0", "false", "no", "off" and an empty value, in upper or
    /// lower case. The values of a repeatable option are separated by spaces.
    ///
    /// - Throws: `CommandError.flagValue`: a mistyped word must not remove a protection.
    package func arguments(_ given: [String], environment: [String: String]) throws(CommandError) -> [String] {
        var (command, count) = (root, 0)
        while count < given.count, let next = command.subcommands?.first(where: { $0.commandName == given[count] }) {
            (command, count) = (next, count + 1)
        }
        let rest = given[count...].prefix { $0 != "--" }
        var added: [String] = []
        for argument in command.arguments ?? [] {
            guard let name = argument.longName, !argument.isGiven(in: rest) else { continue }
            let variable = Self.variable(of: name)
            guard !Self.readElsewhere.contains(variable), let value = environment[variable], !value.isEmpty else {
                continue
            }
            guard let words = argument.spelled(value, as: "--\(name)") else {
                throw CommandError.flagValue(variable, value)
            }
            added += words
        }
        return Array(given[..<count]) + added + Array(given[count...])
    }

    /// Options, as "build --tag", without a variable in their help.
    package func unnamed() -> [String] { Self.unnamed(in: root, "") }

    private static func unnamed(in command: HelpDump.Command, _ path: String) -> [String] {
        let missing = (command.arguments ?? []).compactMap { argument -> String? in
            guard let name = argument.longName, !["help", "version"].contains(name) else { return nil }
            let named = "[environment: \(variable(of: name))\(argument.kind == "flag" ? "=1" : "")]"
            return argument.abstract?.contains(named) == true ? nil : "\(path)--\(name)"
        }
        let below = (command.subcommands ?? []).filter { $0.commandName != "help" }
        return missing + below.flatMap { unnamed(in: $0, "\(path)\($0.commandName) ") }
    }
}

extension HelpDump.Argument {
    fileprivate func isGiven(in words: some Sequence<String>) -> Bool {
        words.contains { word in
            (names ?? []).contains { name in
                if name.kind == "long" { return word == "--\(name.name)" || word.hasPrefix("--\(name.name)=") }
                return word.hasPrefix("-\(name.name)") && !word.hasPrefix("--")
            }
        }
    }

    /// The arguments for a value; `nil` for a flag that is neither on nor off.
    fileprivate func spelled(_ value: String, as name: String) -> [String]? {
        if kind == "flag" {
            if ["0", "false", "no", "off"].contains(value.lowercased()) { return [] }
            return ["1", "true", "yes", "on"].contains(value.lowercased()) ? [name] : nil
        }
        let values = isRepeating ? value.split(separator: " ").map(String.init) : [value]
        return values.map { "\(name)=\($0)" }
    }
}
