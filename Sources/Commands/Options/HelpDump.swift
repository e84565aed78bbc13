// SPDX-License-Identifier: Apache-2.0

import Foundation

/// ArgumentParser's description of a command line (its module ArgumentParserToolInfo), reduced to the fields used here.
struct HelpDump: Decodable {
    /// A command with its arguments and subcommands.
    struct Command: Decodable {
        let commandName: String
        var abstract: String?
        var discussion: String?
        var shouldDisplay: Bool?
        var arguments: [Argument]?
        var subcommands: [Command]?

        /// The visible subcommands, without the built-in `help`.
        var shown: [Command] { (subcommands ?? []).filter { $0.commandName != "help" && $0.shouldDisplay != false } }
    }

    /// An option, a flag or a positional argument.
    struct Argument: Decodable {
        /// `--long` or `-s`.
        struct Name: Decodable { let kind, name: String }

        let kind: String
        let isRepeating: Bool
        var isOptional: Bool?
        var shouldDisplay: Bool?
        var names: [Name]?
        var valueName: String?
        var sectionTitle: String?
        var abstract: String?
        var defaultValue: String?
        var allValues: [String]?

        var longName: String? { kind == "positional" ? nil : names?.first { $0.kind == "long" }?.name }
    }

    /// The root of the command line.
    let command: Command

    /// Parses the output of `--experimental-dump-help`.
    ///
    /// - Throws: `DecodingError`.
    init(_ text: String) throws { self = try JSONDecoder().decode(HelpDump.self, from: Data(text.utf8)) }
}
