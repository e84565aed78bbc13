// SPDX-License-Identifier: Apache-2.0

import Core
import Resolve
import SystemPackage
import TestSupport
import Testing

/// A control file, and the expected error for its package file.
struct ControlText: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String
    let problem: String?

    init(_ what: String, _ text: String, _ problem: String?) {
        (testDescription, self.text, self.problem) = (what, text, problem)
    }
}

@Suite("Local package files of a definition") struct LocalPackageFileTests {
    private static let end = "Architecture: all\\nMaintainer: M <m@example.org>\\nDescription: x\\n"

    static let controls = [
        ControlText("as it should be", "Package: qq\\nVersion: 1\\n\(end)", nil),
        ControlText(
            "no version", "Package: qq\\n\(end)", "its control file, line 1: the paragraph has no Version field."),
        ControlText("a bad version", "Package: qq\\nVersion: a b\\n\(end)", "'a b' is not a Debian version."),
        ControlText("a bad name", "Package: ../../Q\\nVersion: 1\\n\(end)", "'../../Q' is not a Debian package name."),
        ControlText(
            "a field twice", "Package: qq\\nPackage: r\\nVersion: 1\\n\(end)",
            "its control file, line 2: the field Package occurs twice."),
        ControlText(
            "two paragraphs", "Package: qq\\nVersion: 1\\n\(end)\\nPackage: r\\nVersion: 2\\n",
            "its control file, line 7: a second paragraph begins."),
        ControlText(
            "lines of another system", "Package: qq\\nVersion: 1\\r\\n\(end)",
            "its control file, line 2: a carriage return ends a line."),
        ControlText(
            "a dependency that is none", "Package: qq\\nVersion: 1\\nDepends: foo (>> 1\\n\(end)",
            "its control file, line 3: 'foo (>> 1' cannot be the value of Depends."),
        ControlText(
            "a word that Multi-Arch has not", "Package: qq\\nVersion: 1\\nMulti-Arch: bogus\\n\(end)",
            "its control file, line 3: 'bogus' cannot be the value of Multi-Arch."),
        ControlText(
            "the same for all", "Package: qq\\nVersion: 1\\nMulti-Arch: same\\n\(end)",
            "its control file, line 3: 'same' cannot be the value of Multi-Arch."),
        ControlText("Multi-Arch in capitals", "Package: qq\\nVersion: 1\\nMulti-Arch: Foreign\\n\(end)", nil),
        ControlText(
            "a field of the database", "Package: qq\\nVersion: 1\\nStatus: install ok installed\\n\(end)",
            "its control file, line 3: 'install ok installed' cannot be the value of Status."),
        ControlText(
            "perhaps essential", "Package: qq\\nVersion: 1\\nEssential: maybe\\n\(end)",
            "its control file, line 3: 'maybe' cannot be the value of Essential."),
        ControlText(
            "a version of letters", "Package: qq\\nVersion: a1\\n\(end)",
            "'a1' is not a Debian version."),
        ControlText(
            "a suggestion that is none", "Package: qq\\nVersion: 1\\nSuggests: foo (>> 1\\n\(end)",
            "its control file, line 3: 'foo (>> 1' cannot be the value of Suggests."),
        ControlText(
            "a size in words", "Package: qq\\nVersion: 1\\nInstalled-Size: lots\\n\(end)",
            "its control file, line 3: 'lots' cannot be the value of Installed-Size."),
        ControlText(
            "a size in kilobytes, below a comment and a long field",
            "Package: qq\\n# a comment\\nVersion: 1\\nDepends: a,\\n b\\nInstalled-Size: 12 kB\\n\(end)",
            "its control file, line 6: '12 kB' cannot be the value of Installed-Size."),
    ]

    @Test("errors contain the file's path in the definition", arguments: controls)
    func control(_ control: ControlText) throws {
        try withStore { directory, store in
            let build =
                "mkdir -p p; printf '\(control.text)' > p/control; cd p; tar --create --gzip --file ../control.tar.gz ./control"
            try ShellLine.run(
                """
                \(build); cd ..; tar --create --gzip --file data.tar.gz --files-from /dev/null; echo 2.0 > debian-binary
                ar rc a.deb debian-binary control.tar.gz data.tar.gz
                """, in: directory)
            let problem = Self.problem { _ = try file("a.deb", in: directory, store) }
            #expect(problem == control.problem.map { "'debs/a.deb' cannot be installed: \($0)" })
        }
    }

    @Test("an error about a name with a newline names the package")
    func newline() throws {
        try withStore { directory, store in
            try ShellLine.run(
                """
                mkdir -p p/etc; printf 'Package: qq\\nVersion: 1\\n\(Self.end)' > control; echo > "$(printf 'p/etc/a\\nb')"
                tar --create --gzip --file control.tar.gz ./control; tar --create --gzip --file data.tar.gz -C p .
                echo 2.0 > debian-binary; ar rc a.deb debian-binary control.tar.gz data.tar.gz
                """, in: directory)
            let problem = Self.problem { _ = try file("a.deb", in: directory, store) }
            #expect(
                problem == "'debs/a.deb' cannot be installed: The package 'qq 1' (debs/a.deb) ships "
                    + "'/etc/a\\nb', which has a newline in its name.")
        }
    }

    @Test("a file that is not a package")
    func noPackage() throws {
        try withStore { directory, store in
            try Files.write(Array("hello".utf8), to: directory.appending("a.deb"))
            let problem = Self.problem { _ = try file("a.deb", in: directory, store) }
            #expect(
                problem
                    == "'debs/a.deb' cannot be installed: "
                    + "'debs/a.deb' is not a Debian package: it is not an ar container."
            )
        }
    }

    @Test(
        "two files of one package, unless they are for different architectures",
        arguments: [
            ("all", "all", true), ("amd64", "all", true), ("all", "arm64", true), ("amd64", "amd64", true),
            ("amd64", "arm64", false),
        ])
    func duplicates(one: String, other: String, isRefused: Bool) throws {
        try withStore { directory, store in
            let files = try [("1", one), ("2", other)].map { version, architecture in
                try ShellLine.run(
                    """
                    mkdir -p \(version)/DEBIAN
                    printf 'Package: qq\\nVersion: \(version)\\nArchitecture: \(architecture)\\nMaintainer: M <m@x.org>\\nDescription: x\\n' \\
                        > \(version)/DEBIAN/control
                    dpkg-deb -b \(version) \(version).deb > /dev/null
                    """, in: directory)
                return try file("\(version).deb", in: directory, store)
            }
            let problem = Self.problem { try LocalPackageFile.refuseDuplicates(files) }
            let sentence =
                "'debs/1.deb' and 'debs/2.deb' are both the package 'qq', and an image can have a package only once."
            #expect(problem == (isRefused ? sentence : nil))
        }
    }

    private func withStore(_ body: (FilePath, Store) throws -> Void) throws {
        try withTemporaryDirectory { directory in try body(directory, Store(root: directory.appending("store"))) }
    }

    private func file(_ name: String, in directory: FilePath, _ store: Store) throws -> LocalPackageFile {
        let bytes = try Files.read(directory.appending(name), limit: 1 << 20)
        return try LocalPackageFile(
            path: "debs/\(name)", digest: store.insert(bytes), size: UInt64(bytes.count), in: store)
    }

    private static func problem(_ body: () throws -> Void) -> String? {
        do { try body() } catch { return (error as? any UserFacingError)?.sentence ?? "\(error)" }
        return nil
    }
}
