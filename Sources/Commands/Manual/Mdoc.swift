// SPDX-License-Identifier: Apache-2.0

import Core

/// Elements of the mdoc language.
enum Mdoc {
    /// Escapes `text`, one sentence per line as roff requires it: nothing is interpreted as a macro or an escape
    /// (roff(7), "LANGUAGE SYNTAX"), and variable names are not hyphenated.
    static func text(_ text: String) -> String {
        let sentences = text.replacing(/([.?!:]) +(?=["'A-Z0-9\[-])/) { "\($0.1)\n" }
        return sentences.split(separator: "\n").map { line(String($0)) }.joined(separator: "\n")
    }

    /// Escapes `text` as one line.
    static func line(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
            .replacing("OPENCODE_", with: "\\%OPENCODE_")
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&\(escaped)" : escaped
    }

    /// Escapes a word as a macro argument: two letters could be another macro's name, and some characters are
    /// delimiters.
    private static func word(_ word: String) -> String {
        let plain = line(word)
        return word.count <= 3 || !word.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
            ? "\"\\&\(plain.replacing("\"", with: "\\(dq"))\"" : plain
    }

    /// An option or argument in the synopsis.
    static func synopsis(_ argument: HelpDump.Argument) -> String {
        let more = argument.isRepeating ? " ..." : ""
        let name = names(argument).first { $0.hasPrefix("Fl \\-") } ?? names(argument).first
        let parts = [name, value(argument)].compactMap { $0 }.joined(separator: " ")
        return argument.isOptional == false ? ".\(parts)\(more)" : ".Op \(parts)\(more)"
    }

    /// An option or argument in a list, with its description.
    static func item(_ argument: HelpDump.Argument) -> [String] {
        let parts = [names(argument).joined(separator: " , "), value(argument) ?? ""].filter { !$0.isEmpty }
        let values = (argument.allValues ?? []).filter { argument.abstract?.contains($0) != true }
        let choice = values.isEmpty ? [] : ["It is one of \(argument.allValues?.joined(separator: ", ") ?? "")."]
        let preset = argument.defaultValue.map { ["Without it: \($0)."] } ?? []
        let meaning = ([argument.abstract ?? ""] + choice + preset).map(text)
        return [".It \(parts.joined(separator: " "))"] + meaning
    }

    /// `Fl q`, `Fl \-quiet`.
    private static func names(_ argument: HelpDump.Argument) -> [String] {
        guard argument.kind != "positional" else { return [] }
        return (argument.names ?? []).map { "Fl \(line(($0.kind == "long" ? "-" : "") + $0.name))" }
    }

    private static func value(_ argument: HelpDump.Argument) -> String? {
        argument.kind == "flag" ? nil : "Ar \(word(argument.valueName ?? "value"))"
    }

    /// The meanings of the program's exit statuses.
    static let exitStatuses =
        [".Sh EXIT STATUS", ".Bl -tag -width Ds"]
        + ExitStatus.allCases.flatMap { [".It \($0.rawValue)", text($0.meaning)] } + [".El"]
}

extension ExitStatus {
    /// The meaning as a sentence.
    var meaning: String {
        switch self {
        case .done: "Done."
        case .no: "The answer is no: a claim failed, the lock is stale."
        case .broken: "Something broke: network, disk, engine."
        case .nothingToDo: "There is nothing to do, and the caller asked to be told."
        case .usage: "The command line, or a file in image/, is invalid."
        case .tryAgain: "The same call may succeed later: a download cannot be reached, an archive is being updated."
        case .interrupted: "Interrupted."
        }
    }
}
