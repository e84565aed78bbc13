// SPDX-License-Identifier: Apache-2.0

import StoreMaintenance
import SystemPackage
import Testing

/// A rule, and the entries of the example that it removes.
struct CleaningExample: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let rule: CleaningRule
    let victims: [String]
}

@Suite("Which entries of the store are removed")
struct CleaningRuleTests {
    private static let (now, day): (Int64, Int64) = (1_000_000_000, 86400)

    /// Each entry with its age in seconds, and its size.
    private static let items = [
        item("old", .download, 40 * day, 10), item("new", .download, 60, 10), item("layer", .layer, 2 * day, 100),
        item("unnamed", .image, 3600, 5), item("parts", .temporary, 3600, 5), item("leftover", .temporary, 2 * day, 5),
    ]

    private static func item(
        _ name: String, _ kind: StoreInventory.Kind, _ age: Int64, _ bytes: UInt64
    ) -> StoreInventory.Item {
        StoreInventory.Item(kind: kind, paths: [FilePath("/store/\(name)")], bytes: bytes, lastUse: now - age)
    }

    @Test(arguments: [
        CleaningExample(
            testDescription: "remains of killed processes and blobs without a name, in any case",
            rule: .init(age: nil, maximumBytes: nil), victims: ["unnamed", "leftover"]),
        CleaningExample(
            testDescription: "unused for 30 days", rule: .init(age: 30 * day, maximumBytes: nil),
            victims: ["old", "unnamed", "leftover"]),
        CleaningExample(
            testDescription: "everything but what was used within ten minutes",
            rule: .init(age: 0, maximumBytes: nil), victims: ["old", "layer", "unnamed", "leftover"]),
        CleaningExample(
            testDescription: "the least recently used first, until the rest fits",
            rule: .init(age: nil, maximumBytes: 120), victims: ["unnamed", "leftover", "old"]),
        CleaningExample(
            testDescription: "a size that only entries in use exceed", rule: .init(age: nil, maximumBytes: 0),
            victims: ["unnamed", "leftover", "old", "layer", "parts"]),
    ])
    func victims(example: CleaningExample) {
        let found = example.rule.victims(of: Self.items, now: Self.now)
        #expect(found.flatMap(\.paths).compactMap(\.lastComponent?.string) == example.victims)
    }
}
