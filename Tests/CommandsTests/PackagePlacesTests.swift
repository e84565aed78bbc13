// SPDX-License-Identifier: Apache-2.0

import Context
import Core
import Debian
import Lockfile
import SystemPackage
import Testing

@Suite("Where packages come from") struct PackagePlacesTests {
    @Test(arguments: [
        ("pool/main/g/git/git_2.39.5-0+deb12u2_amd64.deb", "pool/main/g/git/git_2.39.5-0+deb12u2_amd64.deb"),
        ("pool/a_1~rc1_all.deb", "pool/a_1~rc1_all.deb"), ("pool/a_1%3a2_all.deb", "pool/a_1%253a2_all.deb"),
        ("pool/a_1:2_all.deb", "pool/a_1:2_all.deb"),
    ])
    func aPathIsEscapedOnce(path: String, escaped: String) throws {
        let (name, version) = (try PackageName("aa"), try DebianVersion("1.0"))
        let package = LockedPackage(
            name: name, version: version, architecture: "all", source: name, sourceVersion: version,
            sha256: Digest(of: []), size: 1, installedSize: 1, path: path, base: "ex", tier: .stable, reason: "asked")
        let download = Mirrors(bases: ["ex": ["https://example.org/debian"]]).download(package)
        #expect(download.urls == ["https://example.org/debian/\(escaped)"])
    }

    @Test func aPackageFileIsReadEachTime() throws {
        let directory = FilePath("/tmp/package-places-\(Files.uniqueSuffix())")
        try Files.makeDirectories(directory.appending("debs"))
        defer { try? Files.removeTree(directory) }
        let (file, digest) = (directory.pushing("debs/a.deb"), Digest(of: "one".utf8))
        func verify() throws { try LocalPackages.verify("debs/a.deb", digest, in: directory) }
        #expect(throws: ContextError.missingLocalPackage(file.string)) { try verify() }
        try Files.write(Array("one".utf8), to: file)
        try verify()
        try Files.write(Array("two".utf8), to: file)
        let changed = ContextError.changedLocalPackage(
            file: file.string, expected: digest, actual: Digest(of: "two".utf8))
        #expect(throws: changed) { try verify() }
    }
}
