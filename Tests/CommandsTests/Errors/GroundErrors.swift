// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage
import Transport

/// An arbitrary digest.
let someDigest = Digest(of: [1])

let groundErrors: [Reviewed] =
    versionErrors + [
        Reviewed(FileError("read", "/some/file", .noSpace)),
        Reviewed(FileError("read", "/some/file", .permissionDenied)),
        Reviewed(FileError("read", "/some/file", .noSuchFileOrDirectory), withoutHint: Alone.saysItself),
        Reviewed(ProgramError.missing("git")),
        Reviewed(ProgramError.notStarted("/usr/bin/git", .permissionDenied), withoutHint: Alone.saysItself),
        Reviewed(ProgramError.outputTooLarge("/usr/bin/git", limit: 100), withoutHint: Alone.saysItself),
        Reviewed(ProgramError.silent("/usr/bin/git", seconds: 60), withoutHint: Alone.saysItself),
        Reviewed(OutputError.link("out", link: "/some/out", target: "/other"), .usage),
        Reviewed(OutputError.noReader("out")),
        Reviewed(
            StoreError.digestMismatch(expected: someDigest, actual: Digest(of: [2])), withoutHint: Alone.theirs),
        Reviewed(DigestError.unknownAlgorithm("md5:0"), withoutHint: Alone.saysItself),
        Reviewed(DigestError.malformed("sha256:0"), withoutHint: Alone.saysItself),
        Reviewed(TransportError.cannotStart("no memory"), withoutHint: Alone.othersWords),
        Reviewed(TransportError.unavailable([FailedDownload(name: "a.deb", failures: [])]), .tryAgain),
        Reviewed(failed(.notFound(status: 404)), .tryAgain), Reviewed(failed(.refused(status: 403)), .tryAgain),
        Reviewed(failed(.unreachable("no route")), .tryAgain), Reviewed(failed(.untrusted("self-signed")), .tryAgain),
        Reviewed(failed(.interrupted("reset")), .tryAgain), Reviewed(failed(.stalled), .tryAgain),
        Reviewed(failed(.truncated(received: 1, expected: 2)), .tryAgain),
        Reviewed(failed(.digestMismatch(actual: someDigest)), .tryAgain),
    ]

private let versionErrors: [Reviewed] = {
    do throws(SemanticVersionError) { _ = try SemanticVersion("1.2") } catch { return [Reviewed(error, .usage)] }
    return []
}()

private func failed(_ reason: FailureReason) -> TransportError {
    .unavailable([
        FailedDownload(name: "a.deb", failures: [FailedAddress(url: "https://one.example/a.deb", reason: reason)])
    ])
}

let archiveErrors: [Reviewed] = {
    guard let path = try? ArchivePath("usr/bin/a") else { return [] }
    let theirs = Alone.theirs
    return [
        Reviewed(ArchiveError.path("../a", .dotDot), withoutHint: theirs),
        Reviewed(ArchiveError.damaged(archive: "a.tar", entry: "b", detail: "it ends too early")),
        Reviewed(ArchiveError.refused(archive: "a.tar", entry: "b", reason: .sparse), withoutHint: theirs),
        Reviewed(ArchiveError.refused(archive: "a.tar", entry: "b", reason: .path(.absolute)), withoutHint: theirs),
        Reviewed(ArchiveError.refused(archive: "a.tar", entry: "b", reason: .noName), withoutHint: theirs),
        Reviewed(ArchiveError.refused(archive: "a.tar", entry: "b", reason: .type(0x33)), withoutHint: theirs),
        Reviewed(ArchiveError.refused(archive: "a.tar", entry: "b", reason: .linkTarget("c")), withoutHint: theirs),
        Reviewed(ArchiveError.refused(archive: "a.tar", entry: "b", reason: .symlinkTarget), withoutHint: theirs),
        Reviewed(ArchiveError.refused(archive: "a.tar", entry: "b", reason: .linkWithContents), withoutHint: theirs),
        Reviewed(ArchiveError.refused(archive: "a.tar", entry: "b", reason: .attributeName), withoutHint: theirs),
        Reviewed(ArchiveError.refused(archive: "a.tar", entry: "b", reason: .number("size")), withoutHint: theirs),
        Reviewed(ArchiveError.overLimit(archive: "a.tar", entry: nil, bound: .entries(9)), withoutHint: theirs),
        Reviewed(ArchiveError.overLimit(archive: "a.tar", entry: "b", bound: .entryBytes(9)), withoutHint: theirs),
        Reviewed(ArchiveError.overLimit(archive: "a.tar", entry: "b", bound: .totalBytes(9)), withoutHint: theirs),
        Reviewed(ArchiveError.contents(path: path, expected: 1, delivered: 2), withoutHint: Alone.ourFault),
        Reviewed(ArchiveError.unwritable(path: path, detail: "too long"), withoutHint: Alone.othersWords),
        Reviewed(ArchiveError.inTheWay(path: path, root: "/root"), withoutHint: Alone.saysItself),
        Reviewed(ArchiveError.missingTarget(path: path, target: path), withoutHint: theirs),
        Reviewed(ArchiveError.readTwice(path: path), withoutHint: Alone.ourFault),
        Reviewed(ArchiveError.writerIsDone, withoutHint: Alone.ourFault), Reviewed(ArchiveError.locale),
    ]
}()
