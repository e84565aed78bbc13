// SPDX-License-Identifier: Apache-2.0

import Commands
import Foundation
import Testing

@Suite("The help of every subcommand has valid examples")
struct HelpTests {
    static let pages = (try? ManualPage.all(helpDump: Program.helpDump(), date: "2026-01-31")) ?? []

    @Test("Each subcommand has examples; a group may leave them to its subcommands", arguments: pages.map(\.call))
    func examples(call: String) throws {
        let page = try #require(Self.pages.first { $0.call == call })
        #expect(page.isGroup || page.examples.contains { $0.contains("\(call)") }, "\(call) has no example")
        for example in page.examples {
            // A command may be long because of image names; with a remark beside it, it must fit 80 columns.
            let limit = example.contains("   ") ? 77 : 120
            #expect(example.count <= limit, "wrapped in a terminal: \(example)")
        }
    }

    @Test("Options in examples exist", arguments: pages.map(\.call))
    func options(call: String) throws {
        let page = try #require(Self.pages.first { $0.call == call })
        for example in page.examples {
            // Words after another program's name or after `--` are not options of this program.
            guard let ours = example.firstRange(of: "\(call) ") else { continue }
            let words = example[ours.upperBound...].split(separator: " ").prefix { !["|", "--", "&&"].contains($0) }
            for word in words where word.hasPrefix("--") && !page.isGroup {
                let name = word.dropFirst(2).prefix { $0 != "=" }
                #expect(page.options.contains(String(name)), "\(call) has no option \(word)")
            }
        }
    }

    /// The part of a help dump about completion.
    private struct Completion: Decodable {
        struct Kind: Decodable { let directory, file: [String: [String]]? }
        struct Argument: Decodable {
            let valueName: String?
            let completionKind: Kind?
        }
        struct Command: Decodable {
            let arguments: [Argument]?
            let subcommands: [Command]?

            var all: [Argument] { (arguments ?? []) + (subcommands ?? []).flatMap(\.all) }
        }
        let command: Command
    }

    @Test("A shell completes the names of files and directories")
    func completion() throws {
        let dump = try JSONDecoder().decode(Completion.self, from: Data(Program.helpDump().utf8))
        let arguments = dump.command.all
        for argument in arguments where argument.valueName?.hasPrefix("dir") == true {
            #expect(argument.completionKind?.directory != nil)
        }
        for argument in arguments where argument.valueName == "file" {
            #expect(argument.completionKind?.file != nil)
        }
        #expect(arguments.count > 100)
    }

    @Test("A discussion is split into paragraphs and examples")
    func discussion() {
        let text = HelpText("One\nline.\n\nEXAMPLES\n  a b   why\n    c\n\nTwo.")
        #expect(text.paragraphs == ["One line.", "Two."])
        #expect(text.examples == ["a b   why", "c"])
    }

    @Test("A page has its sections, and hidden subcommands have no page")
    func page() throws {
        let dump = """
            {"command": {"commandName": "tool", "abstract": "Do it.", "discussion": "Text. More of -it.\\n\\nEXAMPLES\\n  tool do",
             "subcommands": [
              {"commandName": "do", "abstract": "Do one.", "arguments": [
                {"kind": "option", "isRepeating": true, "isOptional": true, "names": [{"kind": "short", "name": "n"},
                 {"kind": "long", "name": "the-name"}], "valueName": "name", "abstract": "A name.", "defaultValue": "x"},
                {"kind": "positional", "isRepeating": false, "isOptional": false, "valueName": "file", "abstract": "It."}]},
              {"commandName": "secret", "shouldDisplay": false}, {"commandName": "help"}]}}
            """
        let pages = try ManualPage.all(helpDump: dump, date: "2026-01-31")
        #expect(pages.map(\.fileName) == ["tool.1", "tool-do.1"])
        let root = try #require(pages.first).text
        #expect(root.hasPrefix(".Dd 2026-01-31\n.Dt TOOL 1\n.Os opencode-docker\n.Sh NAME\n.Nm tool\n.Nd Do it\n"))
        #expect(root.contains(".Sh DESCRIPTION\nText.\nMore of \\-it.\n"))
        #expect(root.contains(".Sh EXAMPLES\n.Bd -literal -offset indent\ntool do\n.Ed\n"))
        #expect(root.contains(".It 75\n"))
        let one = try #require(pages.last).text
        #expect(one.contains(".Nm tool do\n.Op Fl \\-the\\-name Ar name ...\n.Ar file\n"))
        #expect(one.contains(".It Fl n , Fl \\-the\\-name Ar name\nA name.\nWithout it: x.\n"))
        #expect(one.hasSuffix(".Sh SEE ALSO\n.Xr tool 1\n"))
    }
}
