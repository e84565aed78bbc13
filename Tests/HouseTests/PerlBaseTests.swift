// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Every image has the package perl-base, and few have perl: the image's own programs use only modules of perl-base.
@Suite(
    "The image's programs need no more than perl-base",
    .enabled(if: FileManager.default.fileExists(atPath: "/usr/lib/x86_64-linux-gnu/perl-base/strict.pm")))
struct PerlBaseTests {
    /// Makes perl what it is without the package perl.
    private static let limit = "BEGIN { @INC = grep m{/perl-base\\z}, @INC }"

    static let programs: [String] = {
        let root = Repository.root.appending(path: "image/rootfs")
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
        return (files ?? []).filter { file in
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { return false }
            return text.hasPrefix("#!/usr/bin/perl")
        }
        .map(\.path).sorted()
    }()

    @Test(arguments: programs) func compiles(program: String) throws {
        // Compiled as the body of a function that is never called.
        let script = """
            \(Self.limit) open my $in, '<', shift or die; my $text = do { local $/; <$in> };
            $text =~ s/^__(?:END|DATA)__.*//ms; eval "sub { $text }"; die $@ if $@;
            """
        let ending = try Self.run(["perl", "-e", script, program])
        #expect(ending.status == 0, "\(ending.output)")
    }

    /// The overrides that the hook makes for a package with a set-group-id file, named as apt and as a person name it.
    @Test(arguments: ["dir", "dir/nested/a.deb"]) func overridesOfAPackage(argument: String) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let hook = Repository.root.appending(path: "image/rootfs/usr/local/libexec/opencode-docker/dpkg-setuid").path
        let script = """
            mkdir -p p/DEBIAN p/usr/bin dir/nested bin; echo > p/usr/bin/tool; chmod 2755 p/usr/bin/tool
            printf 'Package: p\\nVersion: 1\\nArchitecture: all\\nMaintainer: M <m@example.org>\\nDescription: x\\n' > p/DEBIAN/control
            dpkg-deb --root-owner-group -b p dir/nested/a.deb > built; ln -s nowhere dir/link
            printf '#!/bin/sh\\n[ "$1" = --list ] || echo "$*"\\n' > bin/dpkg-statoverride; chmod 755 bin/dpkg-statoverride
            PATH=$PWD/bin:$PATH perl -e '\(Self.limit) my $hook = shift; do $hook; die $@ if $@' '\(hook)' $$
            """
        // The hook reads the arguments of the shell, which takes the place of dpkg.
        let ending = try Self.run(["sh", "-euc", script, "dpkg", "--unpack", argument], in: directory)
        #expect(ending.output == "--add root root 755 /usr/bin/tool\n")
        #expect(ending.status == 0)
    }

    private static func run(
        _ arguments: [String], in directory: URL = Repository.root
    ) throws -> (status: Int32, output: String) {
        let (process, pipe) = (Process(), Pipe())
        process.currentDirectoryURL = directory
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }
}
