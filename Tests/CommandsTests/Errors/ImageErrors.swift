// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Build
import Context
import Core
import Debian
import ImageDefinition
import Lockfile
import OCI
import Transport
import Verify

let imageErrors: [Reviewed] = [
    Reviewed(OCIError.unknownPlatform("linux/m68k"), .usage),
    Reviewed(OCIError.unknownMediaType("text/plain"), withoutHint: Alone.theirs),
    Reviewed(OCIError.wrongMediaType(.manifest, wanted: .index), withoutHint: Alone.theirs),
    Reviewed(OCIError.unknownSchemaVersion(1), withoutHint: Alone.theirs),
    Reviewed(OCIError.unknownRootFileSystem("x"), withoutHint: Alone.theirs),
    Reviewed(OCIError.invalidReference("A", .repository), .usage), Reviewed(OCIError.digestInName("a@b"), .usage),
    Reviewed(OCIError.invalidTag("/"), .usage), Reviewed(OCIError.invalidDate("monday")),
    Reviewed(OCIError.json(.tooDeep, line: 1, column: 2), withoutHint: Alone.theirs),
    Reviewed(OCIError.json(.tooLarge(limit: 9), line: 1, column: 2), withoutHint: Alone.theirs),
    Reviewed(OCIError.json(.unexpected(0x7d), line: 1, column: 2), withoutHint: Alone.theirs),
    Reviewed(OCIError.json(.unexpected(0), line: 1, column: 2), withoutHint: Alone.theirs),
    Reviewed(OCIError.notEncodable(path: "a.b"), withoutHint: Alone.ourFault),
    Reviewed(OCIError.document("manifest", problem: "'a' has no 'b'."), withoutHint: Alone.theirs),
    Reviewed(OCIError.compression, withoutHint: Alone.ourFault),
    Reviewed(
        OCIError.otherCompressors("libdeflate-1.23, libzstd-1.5.7", expected: "libdeflate-1.14, libzstd-1.5.4"),
        withoutHint: Alone.ourFault),
    Reviewed(OCIError.layerFinished, withoutHint: Alone.ourFault),
    Reviewed(OCIError.layerCount(layers: 1, configured: 2), withoutHint: Alone.theirs),
    Reviewed(OCIError.missingBlob(someDigest, in: "/layout")),
    Reviewed(OCIError.corruptBlob(someDigest, in: "/layout")),
    Reviewed(OCIError.noImages, withoutHint: Alone.ourFault), Reviewed(OCIError.duplicatePlatform(.amd64)),
    Reviewed(OCIError.unknownTag("a", among: ["b"], in: "/layout")),
    Reviewed(OCIError.missingPlatform(.arm64, tag: "a")), Reviewed(OCIError.severalImages("image.tar")),
    Reviewed(OCIError.tooManyLayers(200, limit: 127), withoutHint: Alone.theirs),
    Reviewed(OCIError.tooLarge(limit: 16 << 30), withoutHint: Alone.theirs),
    Reviewed(OCIError.notALayout("/layout")), Reviewed(OCIError.notAnArchive("docker-archive:a.tar")),
    Reviewed(OCIError.notOneImage([], in: "/empty")),
    Reviewed(OCIError.notOneImage(["a", "b"], in: "/layout")),
    Reviewed(AssemblyError.conflict(path: "usr/bin/a", packages: ["one", "two"])),
    Reviewed(
        AssemblyError.conflict(path: "usr/lib/a", packages: ["one", "two"], names: ["/lib/a", "/usr/lib/a"])),
    Reviewed(AssemblyError.missingDirectory(path: "/usr/share/a/b", package: "one")),
    Reviewed(AssemblyError.foreignRecord(layer: "hot-07", problem: "cannot be read")),
    Reviewed(AssemblyError.otherPackage(samplePackage, says: ["Package openssl", "Version 999"])),
    Reviewed(AssemblyError.unnamedPackage("openssl")),
    Reviewed(AssemblyError.broken(samplePackage, field: "Depends", relation: "b (>= 9)", by: nil)),
    Reviewed(AssemblyError.broken(samplePackage, field: "Conflicts", relation: "tini", by: "tini")),
    Reviewed(AssemblyError.whiteout(path: "/usr/share/a/.wh.b", package: "a")),
    Reviewed(BuildError.unfitName(path: "/usr/share/a/.wh.b", isText: true, scripts: ["the postinst script of 'a'"])),
    Reviewed(BuildError.unfitName(path: "/usr/share/a/b", isText: false, scripts: [])),
    Reviewed(BuildError.configureFailed(status: 1, lastLines: ["dpkg: error", "E: broken."], log: "/log")),
    Reviewed(
        BuildError.scriptFailed(
            .init(package: "foo:amd64", script: "postinst", ending: "failed with status 3", lines: ["a"]), log: "/log")),
    Reviewed(BuildError.conffileQuestion(ConffileQuestion(package: "a", file: "/etc/a.conf"), log: "/log")),
    Reviewed(BuildError.tooManyProcesses(4096, script: nil, log: "/log")),
    Reviewed(BuildError.tooManyProcesses(4096, script: "the postinst script of 'a'", log: "/log")),
    Reviewed(BuildError.oddFile(path: "dev/a")),
    Reviewed(BuildError.oddFile(path: "etc/a", scripts: ["the postinst script of 'a'"])),
    Reviewed(BuildError.otherFile(package: "one", path: "/usr/bin/a")), Reviewed(BuildError.unknownImage("a")),
    Reviewed(ContextError.missingArchitecture("arm64")),
    Reviewed(ContextError.missingProgram(name: "opencode", platform: "linux/arm64")),
    Reviewed(
        ContextError.unreachablePrograms(["node"], .unavailable([FailedDownload(name: "node", failures: [])])),
        .tryAgain),
    Reviewed(ContextError.changedPrograms(["uv"], .unavailable([FailedDownload(name: "other", failures: [])]))),
    Reviewed(ContextError.programNotInside(archive: "a.tar.gz", name: "opencode")),
    Reviewed(ContextError.wrongProgram(file: "a.tar.gz", expected: someDigest, actual: Digest(of: [2]))),
    Reviewed(ContextError.programRefused(place, path: "bin/a", problem: "has a set-uid, set-gid or sticky bit")),
    Reviewed(ContextError.programUnreadable(place, ArchiveError.writerIsDone)),
    Reviewed(ContextError.programPath(place, path: "/opt/a", owner: "image/rootfs"), .usage),
    Reviewed(ContextError.missingCopyright(place, name: "a", file: "/usr/share/doc/a/copyright"), .usage),
    Reviewed(
        ContextError.unreachablePackage(
            repository: "example", .unavailable([FailedDownload(name: "ex-lib 1.0", failures: [])])), .tryAgain),
    Reviewed(ContextError.missingLocalPackage("image/debs/a.deb"), .usage),
    Reviewed(
        ContextError.changedLocalPackage(file: "image/debs/a.deb", expected: someDigest, actual: Digest(of: [2])),
        .usage),
    Reviewed(ContextError.oddFile("image/rootfs/a"), .usage),
    Reviewed(VerifyError.unreadableProbeOutput(.agent, line: 3)), Reviewed(VerifyError.probeMissing("/probe")),
]

private let samplePackage: LockedPackage = {
    guard let name = try? PackageName("ex-lib"), let version = try? DebianVersion("1.0") else { fatalError() }
    return LockedPackage(
        name: name, version: version, architecture: "all", source: name, sourceVersion: version, sha256: someDigest,
        size: 1, installedSize: 1, path: "pool/ex-lib_1.0_all.deb", base: "example", tier: .stable, reason: "asked")
}()

private let place = DefinitionPlace(file: "image/image.yaml", line: 1, column: 2)

let definitionErrors: [Reviewed] = [
    Reviewed(DefinitionError.notYAML(place, problem: "a tab"), .usage, withoutHint: Alone.othersWords),
    Reviewed(DefinitionError.unknownKey(place, key: "nam", nearest: "name", known: ["name"]), .usage),
    Reviewed(DefinitionError.unknownKey(place, key: "x", nearest: nil, known: ["name", "version"]), .usage),
    Reviewed(DefinitionError.missingKey(place, key: "name"), .usage, withoutHint: Alone.saysItself),
    Reviewed(DefinitionError.wrongKind(place, key: "name", needed: "a text"), .usage, withoutHint: Alone.saysItself),
    Reviewed(
        DefinitionError.invalid(place, key: "uid", value: "-1", needed: "a number"), .usage,
        withoutHint: Alone.saysItself),
    Reviewed(DefinitionError.missingDigest(place, file: "debs/a.deb", actual: someDigest), .usage),
    Reviewed(DefinitionError.missingDigest(place, file: "debs/b.deb", actual: nil), .usage),
    Reviewed(DefinitionError.twice(place, key: "packages", value: "curl"), .usage, withoutHint: Alone.saysItself),
    Reviewed(DefinitionError.missingFilter(place, file: "seccomp.json"), .usage),
    Reviewed(DefinitionError.unknownProbe(place, name: "mnt.lst", nearest: "mnt.list"), .usage),
    Reviewed(DefinitionError.unknownProbe(place, name: "x", nearest: nil), .usage),
    Reviewed(DefinitionError.unknownProfile("a", ["standard", "strict"]), .usage, withoutHint: Alone.saysItself),
    Reviewed(LockError.malformed(file: "versions.lock", line: 2, reason: "expected an object")),
    Reviewed(LockError.conflict(file: "versions.lock", line: 2)),
    Reviewed(LockError.missing("name", file: "versions.lock", line: 2)),
    Reviewed(LockError.invalid("name", value: "A", file: "versions.lock", line: 2)),
    Reviewed(LockError.unknownVersion(9, file: "versions.lock")), Reviewed(LockError.tooLarge(file: "versions.lock")),
]
