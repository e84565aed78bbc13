// SPDX-License-Identifier: Apache-2.0

import Testing
import Verify

@Suite struct PolicyTests {
    static let filters = DatabaseVerdict(
        configuration: """
            # a comment
            path-exclude=/usr/share/doc/*
            path-include=/usr/share/doc/*/copyright
            path-exclude /usr/share/man/*
            path-exclude=/usr/bin/*
            """)

    @Test(arguments: [
        ("", "value:none"),
        ("missing     /usr/share/doc/bash/README.gz", "value:none"),
        ("missing   c /usr/share/man/man1/bash.1.gz", "value:none"),
        // Required files are reported as missing, whatever the image's own rules.
        ("missing     /usr/share/doc/bash/copyright", "value:missing     /usr/share/doc/bash/copyright"),
        ("missing     /usr/bin/env", "value:missing     /usr/bin/env"),
        ("missing     /usr/share/perl/strict.pm", "value:missing     /usr/share/perl/strict.pm"),
        // Changed files are reported.
        ("??5??????   /usr/share/doc/bash/README", "value:??5??????   /usr/share/doc/bash/README"),
    ])
    func onlyWhatWasLeftOutMayBeMissing(line: String, outcome: Outcome) {
        #expect(Self.filters.outcome(of: line + "\n") == outcome)
    }

    @Test(arguments: [
        ("Package: a\nStatus: install ok installed\nVersion: 1:2-3\nArchitecture: amd64\n", "value:none"),
        ("Package: a\nStatus: hold ok installed\nVersion: 1:2-3\nArchitecture: amd64\n", "value:none"),
        (
            "Package: a\nStatus: install ok installed\nVersion: 2-3\nArchitecture: amd64\n",
            "value:+a:amd64=2-3,-a:amd64=1:2-3"
        ),
        ("", "value:-a:amd64=1:2-3"),
        (
            "Package: a\nStatus: install ok half-configured\nVersion: 1:2-3\nArchitecture: amd64\n",
            "value:-a:amd64=1:2-3,a is 'install ok half-configured'"
        ),
        (
            "Package: a\nStatus: install ok installed\nVersion: 1:2-3\nArchitecture: amd64\nDescription: x\n Package: b\n\n"
                + "Package: c\nStatus: deinstall ok not-installed\n", "value:none"
        ),
    ])
    func installedIsWhatIsLocked(status: String, outcome: Outcome) {
        let locked = [InstalledPackage(name: "a", version: "1:2-3", architecture: "amd64")]
        #expect(Outcome.difference(installed: status, locked: locked) == outcome)
    }

    static let labels = Dictionary(
        uniqueKeysWithValues: ["title", "description", "version", "source", "licenses", "created"].map {
            ("org.opencontainers.image.\($0)", "x")
        })

    @Test func labelsAreTheSpecifications() {
        #expect(ImagePolicy.labels(Self.labels) == "value:none")
        #expect(ImagePolicy.labels(Self.labels.merging(["devcontainer.metadata": "[]"]) { $1 }) == "value:none")
        let odd = Self.labels.merging(["org.opencontainers.image.license": "x"]) { $1 }
        #expect(ImagePolicy.labels(odd) == "value:license is not specified")
        let empty = Self.labels.merging(["org.opencontainers.image.title": ""]) { $1 }
        #expect(ImagePolicy.labels(empty) == "value:title is missing")
    }

    @Test(arguments: [
        "github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
        "gist.github.com,github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me",
    ])
    func keyIsKnownByItsFingerprint(line: String) {
        let missing = "-p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM,-uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s"
        #expect(ImagePolicy.hostKeys("# a comment\n\(line)\n") == .value(missing))
    }

    @Test(arguments: ["github.com ssh-ed25519 AAAA", "github.com ssh-ed25519 !", ""])
    func otherKeyIsNoticed(line: String) { #expect(ImagePolicy.hostKeys(line) != "value:none") }

    @Test(arguments: [
        "ok", "errno:EPERM", "value:", "value:a:b", "skipped:why", "timeout", "signal:31", "", "okay", "errno",
        "Value:1",
    ])
    func outcomeKeepsItsText(text: String) { #expect(Outcome(text).description == text) }

    @Test func linesOfTheProbeAreRead() throws {
        let bytes = Array(
            "{\"id\":\"mnt.list\",\"outcome\":\"errno:EPERM\"}\n{\"id\":\"mnt.bind\",\"outcome\":\"value:\\u0001\\\"\"}\n"
                .utf8)
        #expect(
            try ProbeOutput.parse(bytes, from: .root) == [
                ProbeResult(.mount(.list), .root, "errno:EPERM"), ProbeResult(.mount(.bind), .root, .value("\u{1}\"")),
            ])
    }

    @Test(arguments: ["x", "{}", "{\"id\":1,\"outcome\":\"ok\"}", "[]", "{\"id\":\"mnt.lst\",\"outcome\":\"ok\"}"])
    func otherLinesAreRefused(line: String) {
        #expect(throws: VerifyError.unreadableProbeOutput(.agent, line: 2)) {
            try ProbeOutput.parse(Array("{\"id\":\"mnt.list\",\"outcome\":\"ok\"}\n\(line)".utf8), from: .agent)
        }
    }
}
