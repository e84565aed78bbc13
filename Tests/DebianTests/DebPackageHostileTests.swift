// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Debian
import SystemPackage
import TestSupport
import Testing

@Suite struct DebPackageHostileTests {
    static let format = ("debian-binary", Array("2.0\n".utf8))

    /// A file that is not a package, and text that its error must contain.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let says: String
        let bytes: @Sendable () throws -> [UInt8]

        init(_ title: String, says: String, _ bytes: @escaping @Sendable () throws -> [UInt8]) {
            testDescription = title
            self.says = says
            self.bytes = bytes
        }

        init(_ title: String, says: String, members: @escaping @Sendable () throws -> [(String, [UInt8])]) {
            self.init(title, says: says) { DebOracle.ar(try members()) }
        }
    }

    static let table: [Case] = [
        Case("nothing", says: "not an ar container") { [UInt8]() },
        Case("a text", says: "not an ar container") { Array("hello, this is no package".utf8) },
        Case("only the magic", says: "does not begin with 'debian-binary'") { DebOracle.ar([]) },
        Case("no format", says: "does not begin with 'debian-binary'", members: { try [control(), data()] }),
        Case(
            "version 3", says: "version '3.0'",
            members: { try [("debian-binary", Array("3.0\n".utf8)), control(), data()] }),
        Case("no version", says: "version ''", members: { try [("debian-binary", []), control(), data()] }),
        Case(
            "no line end", says: "version '2.0'",
            members: { try [("debian-binary", Array("2.0".utf8)), control(), data()] }),
        Case("big version", says: "too big", members: { [("debian-binary", .init(repeating: 50, count: 2000))] }),
        Case("no control", says: "'data.tar' at a wrong position", members: { try [format, data()] }),
        Case("no members", says: "no control.tar", members: { [format] }),
        Case("no data", says: "no data.tar", members: { try [format, control()] }),
        Case(
            "control twice", says: "'control.tar' at a wrong position",
            members: { try [format, control(), control(), data()] }),
        Case(
            "data twice", says: "'data.tar' at a wrong position", members: { try [format, control(), data(), data()] }),
        Case(
            "control late", says: "'control.tar' at a wrong position",
            members: { try [format, control(), data(), control()] }),
        Case("stranger", says: "'x' at a wrong position", members: { try [format, ("x", []), control(), data()] }),
        Case(
            "unknown compression", says: "compression",
            members: { try [format, ("control.tar.Z", control().1), data()] }),
        Case(
            "no control file", says: "no file 'control'",
            members: { try [format, ("control.tar", DebOracle.tar([("md5sums", "")])), data()] }),
        Case(
            "control file twice", says: "'control' in its control.tar twice",
            members: {
                try [format, ("control.tar", DebOracle.tar([("control", "a"), ("./control", "b")])), data()]
            }),
        Case(
            "control is a link", says: "not as a regular file",
            members: {
                try [
                    format, ("control.tar", DebOracle.tar([("control", "")], .symlink(target: "/etc/passwd"))), data(),
                ]
            }),
        Case(
            "control in a directory", says: "'a/control'",
            members: { try [format, ("control.tar", DebOracle.tar([("a/control", "")])), data()] }),
        Case(
            "garbage as control", says: "not a tar",
            members: { try [format, ("control.tar", .init(repeating: 7, count: 2000)), data()] }),
        Case(
            "garbage as data", says: "not a tar",
            members: { try [format, control(), ("data.tar", .init(repeating: 7, count: 2000))] }),
        Case(
            "gzip that ends early", says: "'p 1 (data.tar.gz of /",
            members: { try [format, control(), ("data.tar.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 75])] }),
        Case(
            "too many members", says: "more than 64 members",
            members: { try [format, control(), data()] + .init(repeating: ("x", []), count: 62) }),
        Case(
            "a control bomb", says: "more than 16777216 bytes",
            members: {
                try [
                    format, ("control.tar", DebOracle.tar([("control", String(repeating: "a", count: 1 << 24 + 1))])),
                    data(),
                ]
            }),
        Case("size of letters", says: "not a number") { try sized("12x       ") },
        Case("negative size", says: "not a number") { try sized("-1        ") },
        Case("huge size", says: "in the middle of a member") { try sized("9999999999") },
        Case("header without end", says: "no header") { try sized("4         ", end: "``") },
    ]

    static func control() throws -> (String, [UInt8]) {
        ("control.tar", try DebOracle.tar([("control", "Package: p\nVersion: 1\n")]))
    }
    static func data() throws -> (String, [UInt8]) { ("data.tar", try DebOracle.tar([("etc/p", "x")])) }

    /// A package with this text as the size of its first member.
    static func sized(_ size: String, end: String = "`\n") throws -> [UInt8] {
        var bytes = DebOracle.ar([format, try control(), try data()])
        bytes.replaceSubrange(56..<68, with: Array((size + end).utf8))
        return bytes
    }

    @Test(arguments: table) func isRefusedInOneSentence(_ example: Case) throws {
        try withTemporaryDirectory { directory in
            let file = directory.appending("p.deb")
            try Files.write(example.bytes(), to: file)
            let error = try #require(throws: (any Error).self) { try DebOracle.readAll(file) }
            let sentence = try #require((error as? any UserFacingError)?.sentence)
            #expect(sentence.contains(example.says))
            #expect(sentence.contains(file.string) && sentence.hasSuffix(".") && !sentence.contains("\n"))
        }
    }

    @Test func aWholePackageIsNotRefused() throws {
        try withTemporaryDirectory { directory in
            let file = directory.appending("p.deb")
            try Files.write(Self.sized("4         "), to: file)
            #expect(try DebOracle.readAll(file).count == 1)
        }
    }

    @Test(arguments: ["xz", "zstd", "gzip", "none"]) func isWholeOrRefused(compression: String) throws {
        try withTemporaryDirectory { directory in
            let bytes = try Files.read(DebOracle.package(compression, in: directory), limit: 1 << 20)
            let file = directory.appending("short.deb")
            for length in stride(from: 0, to: bytes.count - 1, by: compression == "none" ? 512 : 7) {
                try Files.write(bytes[..<length], to: file)
                let error = #expect(throws: (any Error).self, "\(length) of \(bytes.count) bytes") {
                    try DebOracle.readAll(file)
                }
                #expect(error is any UserFacingError)
            }
        }
    }

    @Test(arguments: ["xz", "zstd", "gzip", "none"]) func mutationsNeverCrash(compression: String) throws {
        try withTemporaryDirectory { directory in
            let original = try Files.read(DebOracle.package(compression, in: directory), limit: 1 << 20)
            var state: UInt64 = 42
            func random(_ bound: Int) -> Int {  // Knuth's MMIX constants
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int(state >> 33) % bound
            }
            let file = directory.appending("mutant.deb")
            var refused = 0
            for _ in 0..<500 {
                var bytes = original
                // Half of the changes are at the beginning, where the headers are.
                for _ in 0...random(3) { bytes[random(random(2) == 0 ? 400 : bytes.count)] = UInt8(random(256)) }
                try Files.write(bytes, to: file)
                do { try DebOracle.readAll(file) } catch {
                    #expect(error is any UserFacingError)
                    refused += 1
                }
            }
            #expect(refused > 50)
        }
    }
}
