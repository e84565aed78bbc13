// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Synchronization
import SystemPackage
import Transport

/// A server on loopback with the fault that the URL selects, and a directory and an empty store for one test.
struct FaultyServer: Sendable {
    let port: Int
    let directory: FilePath
    let store: Store

    /// Runs `body` with a separate directory on the server that all tests share.
    static func with(_ body: (FaultyServer) async throws -> Void) async throws {
        let process = try shared.get()
        let directory = process.directory.appending("\(Files.uniqueSuffix())")
        try Files.makeDirectories(directory)
        defer { try? Files.removeTree(directory) }
        let store = try Store(root: directory.appending("store"))
        try await body(FaultyServer(port: process.port, directory: directory, store: store))
    }

    private var name: String { directory.lastComponent?.string ?? "" }

    /// The address of `file` with that fault.
    func url(_ fault: String, _ file: String) -> String { "http://127.0.0.1:\(port)/\(fault)/\(name)/\(file)" }

    /// Puts a unique file of `size` bytes on the server.
    func put(_ name: String, size: Int = 200_000) throws -> [UInt8] {
        var state = UInt64(size) &+ UInt64(name.utf8.reduce(0) { $0 &* 31 &+ Int($1) })
        let bytes = (0..<size).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        try Files.write(bytes, to: directory.appending(name))
        return bytes
    }

    /// The requests so far, such as "good/a bytes=100-".
    func log() async throws -> [String] {
        let response = try await HTTPClient().get("http://127.0.0.1:\(port)/log/\(name)", limit: 1 << 20)
        let lines = String(decoding: response.body, as: UTF8.self).split(separator: "\n")
        return lines.map { $0.dropFirst().replacing("/\(name)/", with: "/") }.map(String.init)
    }

    /// A download of the file `name` from each of `faults` in turn.
    func download(_ name: String, _ bytes: [UInt8], _ faults: String...) -> Download {
        Download(
            name: name, urls: faults.map { url($0, name) }, digest: Digest(of: bytes),
            size: UInt64(bytes.count))
    }

    func downloader(parallelism: Int = 6, _ adjust: (inout TransportSettings) -> Void = { _ in }) -> Downloader {
        Downloader(store: store, parallelism: parallelism, settings: .hasty(adjust))
    }
}

extension TransportSettings {
    /// Settings with short delays.
    static func hasty(_ adjust: (inout TransportSettings) -> Void = { _ in }) -> TransportSettings {
        var settings = TransportSettings()
        settings.backOff = .milliseconds(10)
        settings.stallTimeout = .seconds(1)
        settings.connectTimeout = .seconds(10)
        adjust(&settings)
        return settings
    }
}

/// Collects the arguments of closures, from any thread.
final class Recorder<Element: Sendable>: Sendable {
    private let elements: Mutex<[Element]> = Mutex([])

    var all: [Element] { elements.withLock { $0 } }

    func add(_ element: Element) { elements.withLock { $0.append(element) } }
}

extension Recorder<ProgressEvent> {
    /// The bytes that were reported as done.
    var bytes: UInt64 {
        all.reduce(0) { sum, event in
            guard case .advanced(_, let count, _) = event else { return sum }
            return sum + count
        }
    }
}

extension FaultyServer {
    /// The server process; it ends with this process, when the pipe to its standard input closes.
    private struct Running: Sendable {
        let port: Int
        let directory: FilePath
    }

    private static let shared: Result<Running, any Error> = Result {
        let directory = FilePath(NSTemporaryDirectory()).appending("transport-tests-\(Files.uniqueSuffix())")
        try Files.makeDirectories(directory)
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        let script = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/faulty_server.py").path ?? ""
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script, directory.string]
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        return Running(port: Int(line.filter(\.isNumber)) ?? 0, directory: directory)
    }
}
