// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import OCI
import SystemPackage
import Testing

/// Differences between two images, in terms of files.
@Suite struct ComparisonTests {
    /// A change of one entry, and the expected difference.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout [Item]) throws -> Void
        let kind: FileDifference.Kind
    }

    /// A file of a layer with its contents.
    struct Item: Sendable {
        var entry: ArchiveEntry
        var bytes: [UInt8] = []
    }

    static let cases = [
        Case(
            testDescription: "a byte", change: { $0[1].bytes[2] = 9 }, kind: .contents(offset: 2, first: 3, second: 9)),
        Case(
            testDescription: "a shorter file",
            change: {
                $0[1].bytes.removeLast()
                $0[1].entry.kind = .file(size: 2)
            }, kind: .contents(offset: 2, first: 3, second: nil)),
        Case(testDescription: "a mode", change: { $0[1].entry.mode = 0o755 }, kind: .mode(0o644, 0o755)),
        Case(testDescription: "an owner", change: { $0[1].entry.gid = 7 }, kind: .owner("0:0", "0:7")),
        Case(testDescription: "a time", change: { $0[1].entry.mtime = 8 }, kind: .time(5, 8)),
        Case(
            testDescription: "an attribute", change: { $0[1].entry.attributes["user.x"] = [1] },
            kind: .attribute("user.x")),
        Case(
            testDescription: "a link",
            change: {
                $0[1].bytes = []
                $0[1].entry.kind = .symlink(target: "b")
            }, kind: .type(.file(size: 3), .symlink(target: "b"))),
        Case(testDescription: "a missing file", change: { $0.remove(at: 1) }, kind: .onlyInFirst),
    ]

    @Test(arguments: cases) func oneChange(_ row: Case) throws {
        try withPair(change: row.change) { first, second in
            guard case .files(let layer, let files) = try ImageDifference.between(first, second) else {
                Issue.record("not told as a difference of files")
                return
            }
            #expect(layer == "state")
            #expect(files.map(\.path.string) == ["d/a"])
            #expect(files.map(\.kind) == [row.kind])
        }
    }

    @Test func theSameIsNothing() throws {
        try withPair(change: { _ in }) { first, second in
            let isSame = try ImageDifference.between(first, second) == nil
            #expect(isSame)
        }
    }

    @Test func theConfigurationIsToldByItsPlace() throws {
        try withPair(change: { _ in }, configure: { $0.config.env = ["A=2"] }) { first, second in
            guard case .configuration(let place) = try ImageDifference.between(first, second) else {
                Issue.record("not told as a difference of configurations")
                return
            }
            #expect(place == "config.Env")
        }
    }

    private func withPair(
        change: (inout [Item]) throws -> Void, configure: (inout ImageConfiguration) -> Void = { _ in },
        _ body: (PlacedImage, PlacedImage) throws -> Void
    ) throws {
        let directory = FilePath("/tmp/comparison-\(Files.uniqueSuffix())")
        defer { try? Files.removeTree(directory) }
        let store = try Store(root: directory)
        var items = [
            Item(entry: ArchiveEntry(path: try ArchivePath("d"), kind: .directory, mode: 0o755, mtime: 5)),
            Item(
                entry: ArchiveEntry(path: try ArchivePath("d/a"), kind: .file(size: 3), mode: 0o644, mtime: 5),
                bytes: [1, 2, 3]),
        ]
        let first = try image(items, configuration(), store)
        try change(&items)
        var configuration = configuration()
        configure(&configuration)
        try body(first, try image(items, configuration, store))
    }

    private func configuration() -> ImageConfiguration {
        ImageConfiguration(
            created: Samples.created, platform: .amd64, config: .init(env: ["A=1"]),
            history: [History(created: Samples.created, createdBy: "opencode-docker build: state")])
    }

    private func image(_ items: [Item], _ configuration: ImageConfiguration, _ store: Store) throws -> PlacedImage {
        let writer = try LayerWriter(store: store)
        let tar = try TarWriter(to: writer.write)
        for item in items { try tar.append(item.entry, bytes: item.bytes) }
        try tar.finish()
        let image = try Image.compose(layers: [try writer.commit()], configuration: configuration, into: store)
        return PlacedImage(image: image, root: store.root)
    }
}
