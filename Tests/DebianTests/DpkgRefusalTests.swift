// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import SystemPackage
import TestSupport
import Testing

/// A control file or a shipped path of a package, and the expected error.
struct RefusedPart: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var name = "conffiles"
    var text = ""
    /// The paths that the package ships.
    var path = "etc/ka/a"
    /// A part of the error text; `nil` for an accepted package.
    let says: String?
    /// Whether dpkg decides differently.
    var isOurs = false

    init(
        _ what: String, _ name: String = "conffiles", _ text: String = "", path: String = "etc/ka/a",
        isOurs: Bool = false, says: String?
    ) {
        (testDescription, self.name, self.text, self.path) = (what, name, text, path)
        (self.says, self.isOurs) = (says, isOurs)
    }
}

@Suite("Packages that dpkg does not unpack") struct DpkgRefusalTests {
    static let conffiles = [
        RefusedPart("as it should be", "conffiles", "/etc/ka/a\n", says: nil),
        RefusedPart("not shipped", "conffiles", "/etc/ka/a\n/etc/ka/absent\n", says: nil),
        RefusedPart("twice", "conffiles", "/etc/ka/a\n/etc/ka/a\n", says: nil),
        RefusedPart("an empty line", "conffiles", "\n \n/etc/ka/a  \n", says: nil),
        RefusedPart("two slashes", "conffiles", "//etc/ka/a\n", says: nil),
        RefusedPart("shipped no more", "conffiles", "remove-on-upgrade /etc/ka/old\n", says: nil),
        RefusedPart("relative", "conffiles", "etc/ka/a\n", says: "'etc/ka/a' is not an absolute path"),
        RefusedPart(
            "no final newline", "conffiles", "/etc/ka/a", says: "'/etc/ka/a' is too long, or misses its final newline"),
        RefusedPart("a NUL", "conffiles", "/etc/ka/a\0b\n", says: "misses its final newline"),
        RefusedPart(
            "a long line", "conffiles", "/\(String(repeating: "a", count: 1200))\n", says: "is too long"),
        RefusedPart("an unknown flag", "conffiles", "foo /etc/ka/a\n", says: "'/etc/ka/a' has the unknown flag 'foo'"),
        RefusedPart("a blank at the beginning", "conffiles", " /etc/ka/a\n", says: "has the unknown flag ''"),
        RefusedPart("a flag alone", "conffiles", "remove-on-upgrade \n", says: "is not an absolute path"),
        RefusedPart("two blanks", "conffiles", "remove-on-upgrade  /etc/ka/old\n", says: "is not an absolute path"),
        RefusedPart(
            "shipped, and shipped no more", "conffiles", "remove-on-upgrade /etc/ka/a\n",
            says: "'/etc/ka/a', which its 'conffiles' marks with remove-on-upgrade"),
        RefusedPart("a directory", "conffiles", "/etc/ka/\n", says: nil),
        RefusedPart(
            "a directory that is shipped", "conffiles", "/etc/ka\n",
            says: "'/etc/ka', which is a directory, and listed in 'conffiles'"),
    ]

    static let triggers = [
        RefusedPart(
            "triggers", "triggers", "# c\n\ninterest /usr/x\n  activate-noawait\tfoo  \ninterest-await a.b+c\n",
            says: nil),
        RefusedPart(
            "an unknown directive", "triggers", "frobnicate /x\n", says: "'frobnicate' is an unknown directive"),
        RefusedPart("no trigger", "triggers", "interest\n", says: "'interest' is not a directive with a trigger"),
        RefusedPart("two triggers", "triggers", "interest foo bar\n", says: "'foo bar' cannot be a trigger"),
        RefusedPart("a comment behind it", "triggers", "interest foo # bar\n", says: "cannot be a trigger"),
        RefusedPart("no line end", "triggers", "interest foo", says: "misses its final newline"),
        RefusedPart("a path that is none", "triggers", "interest foo/bar\n", says: "'foo/bar' cannot be a trigger"),
        RefusedPart("the root", "triggers", "interest /\n", says: "'/' cannot be a trigger"),
        RefusedPart("a slash at the end", "triggers", "interest /usr/x/\n", says: "'/usr/x/' cannot be a trigger"),
        RefusedPart("no ASCII", "triggers", "interest f\u{e9}\n", says: "cannot be a trigger"),
        RefusedPart("dpkg's own file", "triggers", "interest File\n", isOurs: true, says: "'File' cannot be a trigger"),
    ]

    static let paths = [
        RefusedPart("a newline", path: "etc/ka/a\nb", says: "'/etc/ka/a\\nb', which has a newline in its name"),
        RefusedPart("a backslash", path: "etc/ka/a\\nb", says: nil),
        RefusedPart(
            "dpkg's database", path: "var/lib/dpkg/status", isOurs: true,
            says: "'/var/lib/dpkg/status', which is a file of dpkg's own database"),
        RefusedPart(
            "dpkg's scripts", path: "var/lib/dpkg/info/dash.postinst", isOurs: true,
            says: "is a file of dpkg's own database"),
        RefusedPart("an alternative", path: "var/lib/dpkg/alternatives/ka", says: nil),
        RefusedPart(
            "the configure program's directory", path: ".opencode-docker/x", isOurs: true,
            says: "which is where the image is configured"),
        RefusedPart("another directory", path: ".opencode-dockers", says: nil),
        RefusedPart("a long name", path: "etc/ka/\(String(repeating: "a", count: 246))", isOurs: true, says: nil),
        RefusedPart(
            "a longer name", path: "etc/ka/\(String(repeating: "a", count: 247))", isOurs: true,
            says: "which has a name of more than 246 bytes, to which dpkg cannot append '.dpkg-new'"),
    ]

    /// Files of `control.tar` that dpkg ignores, or whose names it refuses.
    static let controlFiles = [
        RefusedPart("a list", "list", "/etc/passwd\n", says: nil),
        RefusedPart("a name with a dot", "postinst.orig", "x\n", says: nil),
        RefusedPart("a name of 100 bytes", String(repeating: "a", count: 100), "x\n", says: nil),
    ]

    @Test(arguments: conffiles + triggers + paths + controlFiles) func isRefusedAsByDpkg(_ part: RefusedPart) throws {
        try withTemporaryDirectory { directory in
            let file = directory.appending("ka.deb")
            try Files.write(try package(part), to: file)
            var sentence: String?
            do { try DebOracle.readAll(file) } catch {
                sentence = (error as? any UserFacingError)?.sentence ?? "\(error)"
            }
            guard let says = part.says else { return #expect(sentence == nil) }
            #expect(sentence?.contains(says) == true, "\(sentence ?? "nothing")")
            #expect(sentence?.contains("'ka 1' (\(file))") == true)
            #expect(sentence?.contains("\n") == false)
        }
    }

    @Test("dpkg itself", arguments: (conffiles + triggers + paths + controlFiles).filter { !$0.isOurs }) func oracle(
        _ part: RefusedPart
    ) throws {
        try withTemporaryDirectory { directory in
            try Files.write(try package(part), to: directory.appending("ka.deb"))
            try ShellLine.run(
                """
                mkdir -p root/var/lib/dpkg; cd root/var/lib/dpkg; mkdir info updates triggers alternatives; cd ../../../..
                : > root/var/lib/dpkg/status
                dpkg --root="$PWD/root" --force-not-root --force-unsafe-io --log="$PWD/log" \\
                    --unpack ka.deb > out 2>&1 &&
                    echo taken > verdict || echo refused > verdict
                """, in: directory)
            let verdict = String(decoding: try Files.read(directory.appending("verdict"), limit: 100), as: UTF8.self)
            let output = String(decoding: try Files.read(directory.appending("out"), limit: 1 << 16), as: UTF8.self)
            #expect(verdict == (part.says == nil ? "taken\n" : "refused\n"), "\(output)")
        }
    }

    private func package(_ part: RefusedPart) throws -> [UInt8] {
        let control = "Package: ka\nVersion: 1\nArchitecture: all\nMaintainer: M <m@example.org>\nDescription: x\n"
        let texts = [("control", control)] + (part.text.isEmpty ? [] : [(part.name, part.text)])
        var data: [UInt8] = []
        let parents = part.path.split(separator: "/").dropLast()
        for count in parents.indices {
            let directory = parents[...count].joined(separator: "/")
            data += try DebOracle.tar([(directory, "")], .directory).dropLast(1024)
        }
        data += try DebOracle.tar([(part.path, "x")])
        return DebOracle.ar([
            ("debian-binary", Array("2.0\n".utf8)), ("control.tar", try DebOracle.tar(texts)), ("data.tar", data),
        ])
    }
}
