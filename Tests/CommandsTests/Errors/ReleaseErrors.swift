// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Release

private let digest = Digest(of: "".utf8)

let releaseErrors: [Reviewed] =
    gitErrors + changesErrors + [
        Reviewed(ReleaseError.running, .tryAgain), Reviewed(ReleaseError.lost(digest)),
        Reviewed(ReleaseError.notReproducible(expected: digest, actual: Digest(of: "x".utf8))),
        Reviewed(ReleaseError.red(["C08"]), .no), Reviewed(ReleaseError.noKey, .usage),
        Reviewed(ReleaseError.noTrust("trust.json"), .usage), Reviewed(ReleaseError.otherKey("r.example/i"), .no),
        Reviewed(ReleaseError.record("v1.0.0"), .no),
        Reviewed(ReleaseError.tagTaken("1.0.0", digest), withoutHint: Alone.theirs),
        Reviewed(ReleaseError.readOnly("r.example/i", complaint: "denied")), Reviewed(ReleaseError.staleLock, .no),
        Reviewed(ReleaseError.noRelease, .no),
        Reviewed(ReleaseError.otherKind(SemanticVersion(1, 0, 0), .base), .usage),
        Reviewed(ReleaseError.programVersion("Sources/A.swift")),
        Reviewed(ReleaseError.weaker(["weaker: standard: NET_RAW: dropped -> held"], claims: ["C08"]), .no),
        Reviewed(ReleaseError.tooSmall(asked: "patch", needed: "minor", because: "Added: More."), .no),
        Reviewed(ReleaseError.majorByNightly("Debian bookworm -> trixie"), .no),
    ]

private let changesErrors: [Reviewed] = [
    Reviewed(ChangesError.unreadable(file: "CHANGELOG.md")),
    Reviewed(
        ChangesError.alreadyReleased(SemanticVersion(1, 0, 0), file: "CHANGELOG.md", missing: "- Something new."), .no),
    Reviewed(ChangesError.twice("1.0.0", file: "CHANGELOG.md", line: 3)),
    Reviewed(ChangesError.noTable(file: "SECURITY.md")),
    Reviewed(ChangesError.tracker(file: "json", problem: "it ends too early."), .usage),
    Reviewed(ChangesError.advisories(file: "list", problem: "line 3 is no advisory."), .usage),
]

private let gitErrors: [Reviewed] = [
    Reviewed(ReleaseError.git(["push"], complaint: "fatal: no space\nmore"), withoutHint: Alone.othersWords),
    Reviewed(ReleaseError.noRepository), Reviewed(ReleaseError.shallow),
    Reviewed(ReleaseError.noBranch, withoutHint: Alone.saysItself), Reviewed(ReleaseError.nobody),
    Reviewed(ReleaseError.author("A"), .usage, withoutHint: Alone.saysItself),
    Reviewed(ReleaseError.noRemote("origin", ["upstream"]), .usage),
    Reviewed(ReleaseError.unreachable("origin", complaint: "no route"), .tryAgain),
    Reviewed(ReleaseError.forbidden("origin", reason: "pre-receive hook declined", words: ["no pushes here"])),
    Reviewed(ReleaseError.tagsDiffer("origin")),
    Reviewed(ReleaseError.overtaken("origin", "main", complaint: ""), .tryAgain),
    Reviewed(ReleaseError.dirty(["a"]), .no), Reviewed(ReleaseError.behind("main", remote: "origin"), .no),
    Reviewed(ReleaseError.ahead("main", remote: "origin"), .no), Reviewed(ReleaseError.tagExists("v1.0.0"), .no),
]
