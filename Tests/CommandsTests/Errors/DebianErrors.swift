// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Resolve
import Transport

private let missing = MissingVersion(package: "curl 1", architecture: "amd64", others: ["2"])

let debianErrors: [Reviewed] = [
    Reviewed(DebianError.malformedVersion("1:")), Reviewed(DebianError.malformedName("A")),
    Reviewed(DebianError.unknownArchitecture("m68k")),
    Reviewed(DebianError.malformedControl(file: "Packages", line: 3, reason: "expected 'Name: value'")),
    Reviewed(DebianError.missingField("Size", file: "Packages", line: 3)),
    Reviewed(DebianError.malformedField("Size", value: "x", file: "Packages", line: 3)),
    Reviewed(DebianError.tooLarge(file: "Packages", limit: 9)),
    Reviewed(DebianError.badSignature(file: "InRelease", reason: "it was not made by a key of the keyring")),
    Reviewed(DebianError.malformedKey(file: "keys/example.asc")),
    Reviewed(DebianError.cannotVerify(program: "gpgv", reason: "it is not installed")),
    Reviewed(DebianError.truncated(file: "Packages"), .tryAgain),
    Reviewed(DebianError.wrongCodename(file: "InRelease", expected: "bookworm", actual: "trixie")),
    Reviewed(DebianError.expired(file: "InRelease", validUntil: "2025-01-01T00:00:00Z")),
    Reviewed(DebianError.rolledBack(file: "InRelease", date: "2025-01-01", locked: "2025-02-01"), .tryAgain),
    Reviewed(DebianError.notYetValid(file: "InRelease", date: "2035-01-01")),
    Reviewed(DebianError.noSolution([.unknown(name: "crul", nearest: ["curl"])]), .no),
    Reviewed(DebianError.noSolution([.indispensable(name: "dash")]), .no),
    Reviewed(DebianError.noSolution([.unexplained(name: "curl")]), .no),
    Reviewed(DebPackageError.notAr(file: "a.deb")),
    Reviewed(DebPackageError.damaged(file: "a.deb", detail: "it ends too early")),
    Reviewed(DebPackageError.noFormat(file: "a.deb")), Reviewed(DebPackageError.version(file: "a.deb", version: "3")),
    Reviewed(DebPackageError.missingMember(file: "a.deb", name: "data.tar")),
    Reviewed(DebPackageError.unexpectedMember(file: "a.deb", name: "x")),
    Reviewed(DebPackageError.compression(file: "a.deb", name: "data.tar.Z")),
    Reviewed(DebPackageError.noControlFile(file: "a.deb")),
    Reviewed(DebPackageError.controlMember(file: "a.deb", name: "x")),
    Reviewed(DebPackageError.controlName(file: "a.deb", name: "x")),
    Reviewed(
        DebPackageError.malformedControlFile(
            package: "'a 1' (a.deb)", name: "conffiles", problem: "'etc/a' is not an absolute path")),
    Reviewed(
        DebPackageError.refusedPath(package: "'a 1' (a.deb)", path: "/etc/a\nb", problem: "has a newline in its name")),
    Reviewed(ResolveError.noPlaces(suite: "bookworm")),
    Reviewed(ResolveError.otherRelease(suite: "bookworm", codename: "trixie"), withoutHint: Alone.ourFault),
    Reviewed(ResolveError.noIndex(suite: "bookworm", architecture: "m68k")),
    Reviewed(
        ResolveError.refusedFile("debs/a.deb", problem: "its control file, line 2: a second paragraph begins."),
        .usage),
    Reviewed(ResolveError.twoFiles("debs/a.deb", "debs/b.deb", name: "a"), .usage),
    Reviewed(ResolveError.pinnedFile("debs/a.deb", name: "a", version: "1"), .usage),
    Reviewed(ResolveError.brokenRepository("example", .missingField("Size", file: "example stable/Packages", line: 3))),
    Reviewed(ResolveError.brokenRepository("example", .expired(file: "InRelease", validUntil: "2025-01-01T00:00:00Z"))),
    Reviewed(
        ResolveError.unreachableFile(
            "example",
            .unavailable([.init(name: "a", failures: [.init(url: "https://a/", reason: .unreachable("no route"))])])),
        .tryAgain),
    Reviewed(ResolveError.excludedFile("debs/a.deb", name: "a"), .usage),
    Reviewed(ResolveError.strangeArchitecture("debs/a.deb", architecture: "i386"), .usage),
    Reviewed(ResolveError.notInRepository("a", repository: "example", architecture: "amd64"), .no),
    Reviewed(
        ResolveError.unreachableRepository(
            "example",
            .unavailable([.init(name: "a", failures: [.init(url: "https://a/", reason: .unreachable("no route"))])])),
        .tryAgain),
    Reviewed(ResolveError.noSuchVersion(missing, service: "https://snapshot.debian.org"), .no),
    Reviewed(
        ResolveError.unreachablePast(
            missing, service: "https://snapshot.debian.org",
            .unavailable([.init(name: "curl 1", failures: [.init(url: "https://a/", reason: .unreachable("no route"))])]
            )),
        .tryAgain),
]
