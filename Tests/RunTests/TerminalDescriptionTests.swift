// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage
import TestSupport
import Testing

@Suite("The terminal of a container")
struct TerminalDescriptionTests {
    private static let source = "mine|a terminal of a test,\n\tam, cols#80, bel=^G, cr=\\r, cup=\\E[%i%p1%d;%p2%dH,\n"

    /// Compiles the description by tic(1) into `directory`.
    private static func compile(into directory: FilePath) throws -> [UInt8] {
        try Files.write(Array(source.utf8), to: directory.appending("source"))
        try ShellLine.run("TERMINFO=$PWD tic -x source", in: directory)
        return try Files.read(directory.pushing("m/mine"), limit: 1 << 16)
    }

    private static func read(_ file: FilePath, _ limit: Int) -> [UInt8]? { try? Files.read(file, limit: limit) }

    @Test(
        "A type that the image knows needs no description, also where there is one",
        arguments: ["xterm", "tmux-256color"])
    func known(type: String) throws {
        let found = try #require(TerminalDescription(["TERM": type], home: "/root", read: Self.read))
        #expect(found.type == type && found.entry == nil && found.remark == nil)
    }

    @Test(
        "Another type brings its compiled description, from the places of ncurses",
        arguments: ["TERMINFO", "TERMINFO_DIRS", "HOME"])
    func entry(place: String) throws {
        try withTemporaryDirectory { directory in
            let compiled = try Self.compile(into: directory)
            var variables = ["TERM": "mine"]
            if place == "TERMINFO" { variables[place] = directory.string }
            if place == "TERMINFO_DIRS" { variables[place] = "/nowhere:\(directory):" }
            try ShellLine.run("mkdir home; ln -s .. home/.terminfo", in: directory)
            let home = place == "HOME" ? directory.appending("home") : "/nowhere"
            let found = try #require(TerminalDescription(variables, home: home, read: Self.read))
            #expect(found.type == "mine" && found.entry == compiled && found.remark == nil)
            #expect(found.target == "/etc/terminfo/m/mine")
            // infocmp(1) reads it in that place.
            try ShellLine.run("mkdir -p t/m; cp m/mine t/m; rm m/mine; TERMINFO=$PWD/t infocmp mine", in: directory)
        }
    }

    @Test(
        "A type without a description is another one in the container, and is named",
        arguments: ["xterm-of-nobody", "../../etc/passwd", ".", "a b", "x/y", String(repeating: "x", count: 65)])
    func unknown(type: String) throws {
        try withTemporaryDirectory { directory in
            try Files.makeDirectories(directory.appending("x"))
            try Files.write(Array("no description".utf8), to: directory.pushing("x/xterm-of-nobody"))
            let variables = ["TERM": type, "TERMINFO": directory.string]
            let found = try #require(TerminalDescription(variables, home: "/nowhere", read: Self.read))
            #expect(found.type == "xterm-256color" && found.entry == nil)
            #expect(found.remark?.contains("'\(type)'") == true)
        }
    }

    @Test("Without a type there is no terminal", arguments: [[:], ["TERM": ""]])
    func none(variables: [String: String]) {
        #expect(TerminalDescription(variables, home: "/nowhere") { _, _ in nil } == nil)
    }
}
