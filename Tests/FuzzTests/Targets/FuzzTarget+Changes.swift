// SPDX-License-Identifier: Apache-2.0

import Changes
import Debian
import OCI

extension FuzzTarget {
    /// Every CVE that is found in an entry must be in its text.
    static func changelog(_ bytes: [UInt8]) throws {
        let changelog = try DebianChangelog(parsing: bytes, file: "changelog")
        for entry in changelog.entries {
            try expect(changelog.index(of: entry.version) != nil, "\(entry.version) is not found")
            let words = entry.lines.joined().filter { $0 != " " && $0 != "\t" }
            for mention in CVEMention.mentions(in: entry) {
                let text = mention.text.filter { $0 != " " && $0 != "\t" }
                try expect(words.contains(text), "\(mention.text.debugDescription) is not in \(entry.lines)")
            }
        }
    }

    /// The project's own changelog: unchanged bytes are kept (without a CommonMark parser).
    static func document(_ bytes: [UInt8]) throws {
        _ = try? SupportTable(parsing: bytes, file: "SECURITY.md")
        let document = try ChangelogDocument(parsing: bytes, file: "CHANGELOG.md")
        try expect(document.bytes == bytes, "other bytes")
        for entry in document.unreleased { try expect(!entry.text.contains("\n"), entry.text.debugDescription) }
    }

    /// The fast parser agrees with the strict one on every document that the strict one accepts.
    static func tracker(_ bytes: [UInt8]) throws {
        let source = try PackageName("curl")
        let tracker = try SecurityTracker(parsing: bytes, sources: [source], codename: "bookworm", file: "data.json")
        guard let whole = try? JSONValue(parsing: bytes) else { return }
        let alone = JSONValue.object(whole["curl"].map { ["curl": $0] } ?? [:]).canonical()
        let again = try SecurityTracker(parsing: alone, sources: [source], codename: "bookworm", file: "data.json")
        try expect(tracker.statuses(of: source) == again.statuses(of: source), "other statuses")
    }

    static func advisories(_ bytes: [UInt8]) throws {
        let list = try AdvisoryList(parsing: bytes, codename: "bookworm", file: "list")
        for advisory in list.advisories(on: try PackageName("curl")) {
            let id = advisory.id.description
            try expect(AdvisoryIdentifier(id) == advisory.id, "\(id) is another one")
            try expect(advisory.cves.allSatisfy { CVEIdentifier($0.description) == $0 }, "\(advisory.cves)")
        }
    }
}
