// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import OCI
import Registry
import Synchronization
import SystemPackage
import TestSupport
import Transport

/// A fake registry on loopback, with the fault that the first part of a repository's name selects (registry.py), and a
/// store.
struct FakeRegistry {
    let scratch: Scratch
    /// The repository, `fault/<unique>/image`.
    let path: String

    init(_ fault: String) throws {
        scratch = try Scratch()
        path = "\(fault)/t\(Files.uniqueSuffix())/image"
    }

    var store: Store { scratch.store }
    private var ports: [Int] { get throws { try Self.ports.get() } }

    /// The repository of that path, with valid credentials.
    func repository(
        _ path: String? = nil, mountSources: [String] = [], attempts: Int = 4,
        sizes: (single: UInt64, piece: UInt64) = (1 << 16, 40_000),
        identity: String? = nil, document: String? = nil, warnings: RegistryWarnings = RegistryWarnings { _ in }
    ) async throws -> RegistryRepository {
        let host = "127.0.0.1:\(try ports[0])"
        let auth = Data("me:secret".utf8).base64EncodedString()
        let entry = identity.map { #""identitytoken":"\#($0)""# } ?? #""auth":"\#(auth)""#
        let credentials = CredentialSources(
            environment: ["DOCKER_AUTH_CONFIG": document ?? #"{"auths":{"\#(host)":{\#(entry)}}}"#], userID: 0)
        var transport = TransportSettings()
        transport.backOff = .milliseconds(10)
        transport.attempts = attempts
        transport.longestWait = .seconds(5)
        var settings = RegistrySettings(transport: transport, credentials: credentials)
        (settings.sizes.single, settings.sizes.piece) = sizes
        settings.sizes.leastPiece = 2_000
        settings.insecure = [host]
        settings.warnings = warnings
        return try await RegistryRepository.connect(
            to: ImageReference("\(host)/\(path ?? self.path)"), for: .writing(mountSources: mountSources),
            settings: settings)
    }

    /// The requests so far, as "PATCH blobs/uploads/1 0-39999 signed".
    func log() async throws -> [String] { try await asked("log").split(separator: "\n").map(String.init) }

    /// The number of open uploads.
    func openUploads() async throws -> Int? { Int(try await asked("sessions")) }

    private func asked(_ what: String) async throws -> String {
        let response = try await HTTPClient().get("http://127.0.0.1:\(try ports[0])/\(what)/\(path)", limit: 1 << 20)
        return String(decoding: response.body, as: UTF8.self)
    }

    /// The server process; it ends with this process, when the pipe to its standard input closes.
    private static let ports: Result<[Int], any Error> = Result {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-B", FilePath(#filePath).removingLastComponent().appending("registry.py").string,
        ]
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        kept.withLock { $0.append(input) }
        return line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    }

    private static let kept = Mutex<[Pipe]>([])
}

/// Images for the tests.
enum Samples {
    /// An image with a layer of `size` incompressible bytes, and one small layer.
    static func image(
        _ store: Store, size: Int = 150_000, _ platform: Platform = .amd64, _ compression: LayerCompression = .gzip
    ) throws -> Image {
        var state = UInt64(size)
        let noise = (0..<size / 8).flatMap { _ -> [UInt8] in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return withUnsafeBytes(of: state ^ (state >> 29)) { Array($0) }
        }
        let layers = try [noise, []].map { content in
            let writer = try LayerWriter(store: store, compression: compression)
            // The end of a tar after one file, so that engines can unpack it.
            let header = tarHeader("noise", content.count)
            for part in [content.isEmpty ? [] : header + content, padding(content.count)] {
                try part.withUnsafeBytes { try writer.write($0) }
            }
            return try writer.commit()
        }
        let configuration = ImageConfiguration(
            created: "2025-01-31T12:00:00Z", platform: platform, config: .init(user: "dev"))
        return try Image.compose(layers: layers, configuration: configuration, into: store)
    }

    private static func padding(_ count: Int) -> [UInt8] {
        [UInt8](repeating: 0, count: (512 - count % 512) % 512 + 1024)
    }

    /// A header of POSIX.1-1988 `ustar`.
    private static func tarHeader(_ name: String, _ size: Int) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put(name, at: 0)
        put("0000644\0", at: 100)
        for offset in [108, 116] { put("0000000\0", at: offset) }
        let octal = String(size, radix: 8)
        put(String(repeating: "0", count: 11 - octal.count) + octal + "\0", at: 124)
        put("00000000000\0", at: 136)
        put("        ", at: 148)
        put("0ustar\u{0}00", at: 156)
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        put(String(repeating: "0", count: 6 - sum.count) + sum + "\0 ", at: 148)
        return header
    }

    /// A manifest with `subject` as its subject, like another tool's bundle.
    static func artifact(about subject: Digest, note: String) -> StoredManifest {
        let empty = #"{"mediaType":"application/vnd.oci.empty.v1+json","digest":"\#(emptyDigest)","size":2}"#
        let text = """
            {"schemaVersion":2,"mediaType":"\(ManifestType.manifest)",\
            "artifactType":"application/vnd.example.note.v1","config":\(empty),"layers":[\(empty)],"subject":\
            {"mediaType":"\(ManifestType.manifest)","digest":"\(subject)","size":7},"annotations":{"note":"\(note)"}}
            """
        return StoredManifest(mediaType: ManifestType.manifest, bytes: Array(text.utf8))
    }

    static let empty = Array("{}".utf8)
    private static let emptyDigest = Digest(of: empty)
}
