// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import SystemPackage
import TestSupport
import Testing

/// The output of the configure step, and the expected error.
struct FailedRun: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let printed: [String]
    let sentence: String
    let excerpt: [String]
}

@Suite("The log of the configure step") struct ConfigureLogTests {
    static let runs = [
        FailedRun(
            testDescription: "a postinst, after which dpkg continues",
            printed: [
                "Setting up tini (0.19.0-1) ...", "fine",
                "Setting up foo (1.0) ...", "looking", "cannot find it",
                "dpkg: error processing package foo (--configure):",
                " installed foo package post-installation script subprocess returned error exit status 3",
                "Setting up bar (2.0) ...", "fine", "Processing triggers for libc-bin (2.36) ...",
                "Errors were encountered while processing:", " foo",
            ],
            sentence: "The postinst script of 'foo' failed with status 3.",
            excerpt: ["Setting up foo (1.0) ...", "looking", "cannot find it"]),
        FailedRun(
            testDescription: "the first of several failures",
            printed: [
                "Setting up a:amd64 (1) ...", "oh",
                " installed a:amd64 package post-installation script subprocess failed with exit status 1",
                "Setting up b (1) ...", "no",
                " installed b package post-installation script subprocess returned error exit status 2",
            ],
            sentence: "The postinst script of 'a:amd64' failed with status 1.",
            excerpt: ["Setting up a:amd64 (1) ...", "oh"]),
        FailedRun(
            testDescription: "killed by a signal",
            printed: [
                "Processing triggers for db (1) ...",
                " installed db package post-installation script subprocess was killed by signal (Killed)",
            ],
            sentence: "The postinst script of 'db' was killed by signal (Killed).",
            excerpt: ["Processing triggers for db (1) ..."]),
        FailedRun(
            testDescription: "a preinst that dpkg runs",
            printed: [" new c package pre-installation script subprocess returned error exit status 9"],
            sentence: "The preinst script of 'c' failed with status 9.", excerpt: []),
        FailedRun(
            testDescription: "a preinst that the configure program runs",
            printed: [
                "opencode-docker: preinst of d", "no such group",
                "opencode-docker: the preinst script of d failed with status 4",
            ],
            sentence: "The preinst script of 'd' failed with status 4.",
            excerpt: ["opencode-docker: preinst of d", "no such group"]),
        FailedRun(
            testDescription: "a configuration file that was there before",
            printed: [
                "Setting up ka (1.0) ...", "", "Configuration file '/etc/ka.conf'",
                " ==> File on system created by you or by a script.",
                "*** ka.conf (Y/I/N/O/D/Z) [default=N] ? dpkg: error processing package ka (--configure):",
                " end of file on stdin at conffile prompt",
            ],
            sentence:
                "A script made '/etc/ka.conf' before its package 'ka' was configured: dpkg asks which of the two files "
                + "shall be there, and nobody answers.",
            excerpt: []),
        FailedRun(
            testDescription: "a cycle of triggers",
            printed: [
                "dpkg: error processing package c2 (--configure):", " triggers looping, abandoned",
                "Errors were encountered while processing:", " c2",
            ],
            sentence: "Configuring the packages failed with status 1: c2: triggers looping, abandoned.",
            excerpt: [
                "dpkg: error processing package c2 (--configure):", " triggers looping, abandoned",
                "Errors were encountered while processing:", " c2",
            ]),
        FailedRun(
            testDescription: "no script",
            printed: ["Setting up e (1) ...", "opencode-docker: dpkg is not content: e is broken."],
            sentence:
                "Configuring the packages failed with status 1: opencode-docker: dpkg is not content: e is broken.",
            excerpt: ["Setting up e (1) ...", "opencode-docker: dpkg is not content: e is broken."]),
        FailedRun(
            testDescription: "silence", printed: [],
            sentence: "Configuring the packages failed with status 1: it printed nothing.", excerpt: []),
    ]

    @Test(arguments: runs) func failure(_ run: FailedRun) throws {
        try withTemporaryDirectory { directory in
            let file = directory.appending("logs").appending("configure.log")
            let log = ConfigureLog(step: "configure", file: file) { _ in }
            for line in run.printed { log.add(line) }
            let error = log.error(status: 1)
            #expect(error.sentence == run.sentence)
            #expect(error.excerpt == run.excerpt)
            #expect(error.hint?.contains("'\(file)'") == true)
            let written = String(decoding: try Files.read(file, limit: 1 << 20), as: UTF8.self)
            #expect(written == run.printed.map { "\($0)\n" }.joined())
        }
    }

    @Test("the excerpt is the last 40 lines of the script, regardless of later output")
    func manyLines() throws {
        try withTemporaryDirectory { directory in
            let log = ConfigureLog(step: "configure", file: directory.appending("log")) { _ in }
            for number in 1...100 { log.add("before \(number)") }
            log.add("Setting up foo (1.0) ...")
            for number in 1...100 { log.add("own \(number)") }
            log.add("dpkg: error processing package foo (--configure):")
            log.add(" installed foo package post-installation script subprocess returned error exit status 1")
            for number in 1...100 { log.add("after \(number)") }
            #expect(log.error(status: 1).excerpt == (61...100).map { "own \($0)" })
        }
    }

    @Test("the configure program's message about a package that dpkg has to unpack")
    func needed() throws {
        try withTemporaryDirectory { directory in
            let log = ConfigureLog(step: "configure", file: directory.appending("log")) { _ in }
            log.add("opencode-docker: preinst of a:amd64")
            #expect(log.needed == nil)
            log.add("opencode-docker: a:amd64 needs dpkg's own unpacking because of '/usr/share/a b'")
            log.add("rubbish")
            #expect(log.needed?.package == "a:amd64" && log.needed?.path == "/usr/share/a b")
        }
    }

    @Test("an endlessly printing script costs little", .timeLimit(.minutes(1)))
    func flood() throws {
        try withTemporaryDirectory { directory in
            let log = ConfigureLog(step: "configure", file: directory.appending("log")) { _ in }
            let long = String(repeating: "x", count: 1 << 16)
            for _ in 1...1000 { log.add(long) }
            for _ in 1...200_000 { log.add("warning: spoof") }
            let short = [String](repeating: "y", count: 30_000)
            for _ in 1...500 { log.add(short) }
            log.add("warning: spoof")
            #expect(log.error(status: 1).excerpt.last == "warning: spoof")
        }
    }
}
