// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Changes
import Core
import Debian
import SystemPackage

/// Snapshots of the data of Debian's security team, as files.
struct SecurityDataOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            A snapshot of https://security-tracker.debian.org/tracker/data/json; its digest is recorded. \
            [environment: OPENCODE_DOCKER_TRACKER]
            """, valueName: "file"), completion: .file())
    var tracker: String?

    @Option(
        help: .init(
            "A snapshot of the security tracker's data/DSA/list. [environment: OPENCODE_DOCKER_DSA_LIST]",
            valueName: "file"), completion: .file())
    var dsaList: String?

    @Option(
        help: .init(
            "A snapshot of the security tracker's data/DLA/list. [environment: OPENCODE_DOCKER_DLA_LIST]",
            valueName: "file"), completion: .file())
    var dlaList: String?

    /// Reads the files.
    ///
    /// - Throws: `FileError`.
    func read() throws -> SecurityData {
        func file(_ name: String, limit: Int) throws -> SecurityData.File {
            .init(name: name, bytes: try Files.read(FilePath(name), limit: limit))
        }
        var lists: [AdvisoryIdentifier.Kind: SecurityData.File] = [:]
        lists[.securityTeam] = try dsaList.map { try file($0, limit: AdvisoryList.limit) }
        lists[.longTermSupport] = try dlaList.map { try file($0, limit: AdvisoryList.limit) }
        return SecurityData(tracker: try tracker.map { try file($0, limit: SecurityTracker.limit) }, advisories: lists)
    }
}
