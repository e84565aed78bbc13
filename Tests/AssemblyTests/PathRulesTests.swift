// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Testing

@Suite struct PathFilterTests {
    private let filter = PathFilter(
        excludes: ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*"],
        includes: ["/usr/share/doc/*/copyright", "/usr/share/locale/en*"])

    @Test(arguments: [
        ("usr/share/doc/git/README", true), ("usr/share/doc/git/copyright", false), ("usr/share/doc/git", true),
        ("usr/share/man/man1/git.1.gz", true), ("usr/bin/git", false), ("usr/share/doc", false),
        ("usr/share/locale/de/LC_MESSAGES/git.mo", true), ("usr/share/locale/en/LC_MESSAGES/git.mo", false),
        ("usr/share/doc/a/b/copyright", false),
    ])
    func followsDpkgsRules(path: String, isExcluded: Bool) throws {
        #expect(filter.excludes(try ArchivePath(path)) == isExcluded)
    }

    /// dpkg's `filter_should_skip`: directories and links that may lead to an included path are kept.
    @Test(arguments: [
        ("usr/share/doc/git", ArchiveEntry.Kind.directory, false), ("usr/share/doc/git/contrib/a", .directory, false),
        ("usr/share/doc/python3-venv", .symlink(target: "python3.11"), false),
        ("usr/share/doc/git/README", .file(size: 1), true), ("usr/share/man/man1", .directory, true),
        ("usr/share/man/man1/a.1", .symlink(target: "b.1"), true), ("usr/share/locale/de", .directory, true),
        ("usr/share/locale/en_GB", .directory, false), ("usr/bin", .directory, false),
    ])
    func keepsDirectoriesAndLinksAsDpkgDoes(path: String, kind: ArchiveEntry.Kind, isExcluded: Bool) throws {
        let entry = ArchiveEntry(path: try ArchivePath(path), kind: kind, mode: 0o755)
        #expect(filter.excludes(entry) == isExcluded)
    }
}

@Suite struct MergedUsrTests {
    @Test(arguments: [
        ("bin/sh", "usr/bin/sh"), ("bin", "usr/bin"), ("lib64/ld-linux-x86-64.so.2", "usr/lib64/ld-linux-x86-64.so.2"),
        ("usr/bin/env", "usr/bin/env"), ("binary", "binary"), ("etc/lib/x", "etc/lib/x"), ("libx/y", "libx/y"),
        ("var/run", "var/run"), ("var/run/a/b", "run/a/b"), ("var/lock/a", "run/lock/a"),
        ("var/running/a", "var/running/a"),
    ])
    func movesTheOldTopDirectories(shipped: String, real: String) throws {
        #expect(try MergedUsr.resolve(ArchivePath(shipped)).string == real)
    }

    @Test(
        "base-files of Debian 13 ships the links",
        arguments: [
            ("bin", "usr/bin", true), ("lib64", "usr/lib64", true), ("bin", "/usr/bin", false),
            ("bin", "usr/sbin", false),
            ("usr/bin", "usr/bin", false), ("etc/os-release", "../usr/lib/os-release", false),
        ])
    func links(path: String, target: String, isLink: Bool) throws {
        let entry = ArchiveEntry(
            path: try ArchivePath(path), kind: .symlink(target: target), mode: 0o777, uid: 0, gid: 0, mtime: 0,
            attributes: [:])
        #expect(MergedUsr.isLink(entry) == isLink)
    }

    @Test(arguments: [("amd64", true), ("arm64", false)])
    func lib64IsALinkOnlyWhereTheLoaderLivesThere(architecture: String, expected: Bool) {
        #expect(MergedUsr.links(for: architecture).contains("lib64") == expected)
    }
}
