// SPDX-License-Identifier: Apache-2.0

import Commands
import Testing

@Suite struct OptionVariablesTests {
    @Test("the help of every option of every subcommand names its environment variable")
    func everyOptionNamesItsTwin() throws {
        #expect(try OptionVariables(helpDump: Program.helpDump()).unnamed() == [])
    }

    /// A test command line: `do [-q --quiet] [-n --name VALUE] [--many VALUE ...] [file]`, and `one two [--deep]`.
    private static let dump = """
        {"command": {"commandName": "root", "subcommands": [
            {"commandName": "do", "arguments": [
                {"kind": "flag", "isRepeating": false, "names": [{"kind": "short", "name": "l"},
                    {"kind": "long", "name": "loud"}], "abstract": "Shout. [environment: OPENCODE_DOCKER_LOUD=1]"},
                {"kind": "option", "isRepeating": false, "names": [{"kind": "short", "name": "n"},
                    {"kind": "long", "name": "the-name"}], "abstract": "[environment: OPENCODE_DOCKER_NAME]"},
                {"kind": "option", "isRepeating": true, "names": [{"kind": "long", "name": "many"}]},
                {"kind": "flag", "isRepeating": false, "names": [{"kind": "long", "name": "quiet"}]},
                {"kind": "positional", "isRepeating": true, "valueName": "file"}]},
            {"commandName": "one", "subcommands": [
                {"commandName": "two", "arguments": [
                    {"kind": "flag", "isRepeating": false, "names": [{"kind": "long", "name": "deep"}]},
                    {"kind": "flag", "isRepeating": false, "names": [{"kind": "long", "name": "help"}]}]}]}]}}
        """

    @Test("An option without its variable in the help is found at any depth")
    func unnamed() throws {
        #expect(
            try OptionVariables(helpDump: Self.dump).unnamed()
                == ["do --the-name", "do --many", "do --quiet", "one two --deep"])
    }

    private static let cases: [([String], [String: String], [String])] = [
        (["do", "x"], ["LOUD": "1"], ["do", "--loud", "x"]),
        (["do", "x"], ["LOUD": "0"], ["do", "x"]), (["do", "x"], ["LOUD": "OFF"], ["do", "x"]),
        (["do", "x"], ["LOUD": "On"], ["do", "--loud", "x"]),
        (["do", "x"], ["LOUD": "false", "THE_NAME": ""], ["do", "x"]),
        (["do", "x"], ["THE_NAME": "a b", "NAME": "c"], ["do", "--the-name=a b", "x"]),
        (["do", "--the-name", "mine"], ["THE_NAME": "a"], ["do", "--the-name", "mine"]),
        (["do", "--the-name=mine"], ["THE_NAME": "a"], ["do", "--the-name=mine"]),
        (["do", "-nmine"], ["THE_NAME": "a"], ["do", "-nmine"]),
        (["do", "--", "-n"], ["THE_NAME": "a"], ["do", "--the-name=a", "--", "-n"]),
        (["do"], ["MANY": "a  b"], ["do", "--many=a", "--many=b"]),
        (["do", "--many", "c"], ["MANY": "a b"], ["do", "--many", "c"]),
        (["do"], ["QUIET": "1", "DEEP": "1"], ["do"]),
        (["one", "two", "do"], ["DEEP": "yes", "LOUD": "1"], ["one", "two", "--deep", "do"]),
        (["--help"], ["LOUD": "1"], ["--help"]),
        ([], ["LOUD": "1"], []),
    ]

    @Test("The environment adds options that are not on the command line", arguments: cases)
    func adds(_ given: [String], _ variables: [String: String], _ expected: [String]) throws {
        let environment = Dictionary(uniqueKeysWithValues: variables.map { ("OPENCODE_DOCKER_\($0.key)", $0.value) })
        let variables = try OptionVariables(helpDump: Self.dump)
        #expect(try variables.arguments(given, environment: environment) == expected)
    }

    @Test("A flag's variable is on or off, and no other word", arguments: ["maybe", " ", "2", "of"])
    func flags(value: String) throws {
        let variables = try OptionVariables(helpDump: Self.dump)
        #expect(throws: CommandError.flagValue("OPENCODE_DOCKER_LOUD", value)) {
            try variables.arguments(["do"], environment: ["OPENCODE_DOCKER_LOUD": value])
        }
    }
}
