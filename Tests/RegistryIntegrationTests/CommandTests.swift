// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import OCI
import SystemPackage
import Testing

/// The program beside the tests.
private enum Built {
    static let program: FilePath = {
        // `swift test` loads the tests into a program of the toolchain; these are the test bundle's own arguments.
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
        return FilePath(bundle ?? CommandLine.arguments[0]).removingLastComponent().appending("opencode-docker")
    }()
}

/// The program with its command line.
@Suite("push, pull and copy", .enabled(if: RealRegistry.isPossible && Files.exists(Built.program)))
struct CommandTests {
    private let registry: RealRegistry
    private let image: Image
    private let layout: FilePath

    init() async throws {
        registry = try await RealRegistry()
        image = try Samples.image(registry.scratch.store)
        layout = registry.scratch.root.appending("layout")
        try ImageLayout(root: layout).publish([image], tags: ["1.0"], from: registry.scratch.store)
        // Writes the file that the program is to read.
        _ = try await registry.repository("team/image")
    }

    private func program(_ arguments: String..., store: String = "program-store") throws -> String {
        let root = registry.scratch.root
        let variables = [
            "OPENCODE_DOCKER_STORE=\(root.appending(store))", "CURL_CA_BUNDLE=\(registry.certificate)",
            "OPENCODE_DOCKER_REGISTRY_CONFIG=\(root.appending("config.json"))", "OPENCODE_DOCKER_QUIET=1",
        ]
        return try run(["env"] + variables + [Built.program.string] + arguments)
    }

    /// The keys of a report, and of each item of its list, must be those of docs/schemas.
    private func expect(_ document: JSONValue, isAsIn name: String, list: String) throws {
        let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let path = root.pushing(FilePath("docs/schemas/\(name).schema.json"))
        let schema = try JSONValue(parsing: Files.read(path, limit: 1 << 20))
        #expect(Self.keys(document) == Self.keys(schema["properties"]))
        let items = try #require(document[list]?.array)
        #expect(!items.isEmpty)
        for item in items {
            #expect(Self.keys(item) == Self.keys(schema["properties"]?[list]?["items"]?["properties"]))
        }
    }

    private static func keys(_ value: JSONValue?) -> [String] {
        guard case .object(let members)? = value else { return [] }
        return members.keys.sorted()
    }

    @Test("Push, pull and copy keep the digest, and print it last")
    func roundTrip() throws {
        let place = "\(registry.host)/team/image"
        #expect(try program("push", "oci:\(layout)", "\(place):1.0", "\(place):latest") == "\(image.digest)\n")
        let pulled = registry.scratch.root.appending("pulled")
        let report = try program("pull", place, "--output", "oci:\(pulled)", "--format", "json", store: "other-store")
        let document = try JSONValue(parsing: Array(report.utf8.dropLast()))
        try expect(document, isAsIn: "pull", list: "images")
        #expect(document["digest"]?.string == image.digest.description)
        #expect(document["images"]?.array?.first?["platform"]?.string == "linux/amd64")
        try ImageLayout(root: pulled).check()
        #expect(try ImageLayout(root: pulled).images(tag: "\(place):latest") == [image])
        #expect(try program("copy", "oci:\(pulled):latest", "oci:\(pulled)-again:1") == "\(image.digest)\n")
        let copied = try program("copy", "\(place):1.0", "\(registry.host)/other/image:2.0", "--format", "json")
        let copy = try JSONValue(parsing: Array(copied.utf8.dropLast()))
        try expect(copy, isAsIn: "copy", list: "destinations")
        let destination = copy["destinations"]?.array?.first
        #expect(destination?["blobsSent"]?.integer == 0, "the registry mounts the blobs")
        #expect(destination?["tags"] == .array([.string("2.0")]))
        let again = try program("push", "oci:\(layout)", "\(place):1.0", "--format", "json")
        #expect(again.contains(#""bytesSent":0"#))
    }

    @Test("A pulled image is listed by its name like a built one")
    func name() throws {
        let place = "\(registry.host)/team/image:1.0"
        _ = try program("push", "oci:\(layout)", place)
        _ = try program("pull", place, store: "other-store")
        let back = "\(registry.host)/back/image:1.0"
        #expect(try program("push", place, back, store: "other-store") == "\(image.digest)\n")
    }

    @Test(
        "Errors have one sentence, and the right status",
        arguments: [
            (["push", "oci:LAYOUT", "team/image:1"], "does not name a registry", 64),
            (["push", "absent:1", "HOST/a:1"], "There is no image 'absent:1' in the store", 2),
            (["pull", "HOST/absent:1"], "There is no image '1' in 'HOST/absent'", 2),
            (["pull", "127.0.0.1:1/absent:1"], "Cannot connect to '127.0.0.1:1': cannot be reached", 75),
            (["pull", "HOST/absent:1", "--registry-config", "/nowhere"], "Cannot read '/nowhere'", 2),
            (["copy", "oci:/nowhere", "HOST/a:1"], "is not an image layout", 64),
            (["copy", "oci:LAYOUT:2.0", "HOST/a:1"], "hint: Name one of them: oci:LAYOUT:1.0.", 2),
        ])
    func mistakes(words: [String], sentence: String, status: Int32) throws {
        let fill = { (text: String) in
            text.replacing("HOST", with: registry.host).replacing("LAYOUT", with: layout.string)
        }
        let script = "\"$@\"; echo \"status $?\" >&2; exit 1"
        do {
            try run(
                [
                    "env", "OPENCODE_DOCKER_STORE=\(registry.scratch.root.appending("program-store"))",
                    "CURL_CA_BUNDLE=\(registry.certificate)", "DOCKER_CONFIG=\(registry.scratch.root)",
                    "OPENCODE_DOCKER_QUIET=1", "sh", "-c", script, "sh", Built.program.string,
                ] + words.map(fill))
        } catch let failed as Failed {
            #expect(failed.output.contains(fill(sentence)), "\(failed.output)")
            #expect(failed.output.contains("status \(status)\n"), "\(failed.output)")
        }
    }
}
