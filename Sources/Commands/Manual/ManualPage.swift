// SPDX-License-Identifier: Apache-2.0

/// The manual page of one subcommand in the mdoc language (mandoc's mdoc(7)), generated from the help.
package struct ManualPage {
    /// "opencode-docker build".
    package let call: String
    /// "2026-01-31".
    let date: String
    private let command: HelpDump.Command
    private let parent: String?

    /// The pages of all subcommands except hidden ones, the root's first.
    ///
    /// - Parameters:
    ///   - dump: The output of `--experimental-dump-help`.
    ///   - date: The date of the pages, "2026-01-31".
    /// - Throws: `DecodingError`.
    package static func all(helpDump dump: String, date: String) throws -> [ManualPage] {
        pages(of: try HelpDump(dump).command, call: "", parent: nil, date: date)
    }

    private static func pages(
        of command: HelpDump.Command, call: String, parent: String?, date: String
    ) -> [ManualPage] {
        let call = call.isEmpty ? command.commandName : "\(call) \(command.commandName)"
        let page = ManualPage(call: call, date: date, command: command, parent: parent)
        return [page] + command.shown.flatMap { pages(of: $0, call: call, parent: page.name, date: date) }
    }

    /// "opencode-docker-build", the name that `man opencode-docker build` looks up.
    var name: String { call.replacing(" ", with: "-") }

    /// Whether it only has subcommands.
    package var isGroup: Bool { !command.shown.isEmpty }

    /// The examples of the help.
    package var examples: [String] { HelpText(command.discussion ?? "").examples }

    /// The long names of its options.
    package var options: [String] { arguments.compactMap(\.longName) }

    /// The name of the file in a directory `man1`.
    package var fileName: String { "\(name).1" }

    /// The page.
    package var text: String {
        let help = HelpText(command.discussion ?? "")
        let parts = [
            [".Dd \(date)", ".Dt \(name.uppercased()) 1", ".Os opencode-docker"],
            [".Sh NAME", ".Nm \(name)", ".Nd \(Mdoc.text(withoutPeriod(command.abstract ?? "")))"],
            synopsis,
            [".Sh DESCRIPTION"]
                + (help.paragraphs.isEmpty ? [command.abstract ?? ""] : help.paragraphs)
                .map(Mdoc.text).interspersed(with: ".Pp"),
            subcommands, optionLists,
            parent == nil ? Mdoc.exitStatuses : [],
            help.examples.isEmpty
                ? []
                : [".Sh EXAMPLES", ".Bd -literal -offset indent"] + help.examples.map(Mdoc.line) + [".Ed"],
            related,
        ]
        return parts.joined().joined(separator: "\n") + "\n"
    }

    private var arguments: [HelpDump.Argument] { (command.arguments ?? []).filter { $0.shouldDisplay != false } }

    private var synopsis: [String] {
        let words = arguments.map(Mdoc.synopsis)
        return [".Sh SYNOPSIS", ".Nm \(call)"] + (command.shown.isEmpty ? words : words + [".Ar subcommand ..."])
    }

    private var subcommands: [String] {
        guard !command.shown.isEmpty else { return [] }
        let items = command.shown.flatMap { [".It Cm \($0.commandName)", Mdoc.text($0.abstract ?? "")] }
        return [".Sh SUBCOMMANDS", ".Bl -tag -width Ds"] + items + [".El"]
    }

    /// One list for each option group, in the order of the help.
    private var optionLists: [String] {
        guard !arguments.isEmpty else { return [] }
        var titles: [String] = []
        for argument in arguments where !titles.contains(argument.sectionTitle ?? "") {
            titles.append(argument.sectionTitle ?? "")
        }
        return [".Sh OPTIONS"]
            + titles.flatMap { title in
                let items = arguments.filter { ($0.sectionTitle ?? "") == title }.flatMap(Mdoc.item)
                let heading = title.isEmpty ? (titles.count > 1 ? [".Ss Options"] : []) : [".Ss \(title)"]
                return heading + [".Bl -tag -width Ds"] + items + [".El"]
            }
    }

    private var related: [String] {
        let names = (parent.map { [$0] } ?? []) + command.shown.map { "\(name)-\($0.commandName)" }.sorted()
        guard let last = names.last else { return [] }
        return [".Sh SEE ALSO"] + names.dropLast().map { ".Xr \($0) 1 ," } + [".Xr \(last) 1"]
    }

    private func withoutPeriod(_ text: String) -> String { text.hasSuffix(".") ? String(text.dropLast()) : text }
}

extension [String] {
    fileprivate func interspersed(with separator: String) -> [String] {
        enumerated().flatMap { $0.offset == 0 ? [$0.element] : [separator, $0.element] }
    }
}
