// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import OCI
import SystemPackage
import Testing

/// A temporary directory with a store, and images with real files in their layers.
final class Workbench {
    let root: FilePath
    let store: Store
    let layout: ImageLayout

    init() throws {
        root = FilePath(NSTemporaryDirectory()).appending("oci-\(Files.uniqueSuffix())")
        try Files.makeDirectories(root)
        store = try Store(root: root.appending("store"))
        layout = ImageLayout(root: root.appending("layout"))
    }

    deinit { try? Files.removeTree(root) }

    /// A layer with one file, packed by tar(1).
    func layer(_ name: String, _ text: String) throws -> Layer {
        let directory = root.appending("layer-\(name)")
        try Files.makeDirectories(directory.appending("opt"))
        try Files.write(Array(text.utf8), to: directory.appending("opt").appending(name))
        let tar = try Self.run([
            "tar", "--format=ustar", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@1700000000",
            "-C", directory.string, "-c", "opt",
        ])
        let writer = try LayerWriter(store: store)
        try tar.withUnsafeBytes { try writer.write($0) }
        return try writer.commit()
    }

    /// An image of two layers in the store.
    func image(_ platform: Platform = .amd64) throws -> Image {
        let created = "2025-01-31T12:00:00Z"
        let configuration = ImageConfiguration(
            created: created, platform: platform,
            config: .init(
                user: "1000:1000", env: ["PATH=/usr/bin"], entrypoint: ["/bin/sh", "-c"], cmd: ["true"],
                workingDir: "/opt", labels: ["org.opencontainers.image.title": "tïny"], stopSignal: "SIGINT",
                healthcheck: HealthCheck(test: ["CMD", "/bin/true"], interval: 60_000_000_000)),
            history: [History(created: created, createdBy: "first"), History(created: created, createdBy: "second")])
        let layers = [try layer("one", "1\n"), try layer("two", String(repeating: "2", count: 3 << 20))]
        return try Image.compose(layers: layers, configuration: configuration, into: store)
    }

    /// Runs a program from PATH and returns its output.
    @discardableResult
    static func run(_ arguments: [String]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(arguments.joined(separator: " "))")
        return Array(output)
    }

    /// The same, for programs with JSON output without fractions.
    static func json(_ arguments: [String]) throws -> JSONValue { try JSONValue(parsing: run(arguments)) }
}
