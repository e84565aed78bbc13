// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Glibc
import OCI
import Registry
import SystemPackage
import TestSupport
import Transport

/// Debian's docker-registry on loopback, with a certificate of its own and one user, `me:secret`.
final class RealRegistry {
    let scratch: Scratch
    let host: String
    private let process = Process()

    /// Whether the required programs are installed (scripts/setup --tests).
    static let isPossible = ["docker-registry", "htpasswd", "openssl", "skopeo"].allSatisfy { program in
        ["/usr/bin", "/usr/sbin", "/usr/local/bin"].contains { Files.exists(FilePath("\($0)/\(program)")) }
    }

    init() async throws {
        scratch = try Scratch()
        host = "127.0.0.1:\(try Self.freePort())"
        try Files.makeDirectories(certificates)
        let root = scratch.root.string
        try run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "\(root)/key.pem", "-out",
            certificate.string)
        let users = try run("htpasswd", "-nbB", "me", "secret")
        try Files.write(Array(users.utf8), to: scratch.root.appending("users"))
        let configuration = """
            version: 0.1
            log: {level: error, accesslog: {disabled: true}}
            storage: {filesystem: {rootdirectory: \(root)/data}}
            http: {addr: "\(host)", secret: test, tls: {certificate: \(certificate), key: \(root)/key.pem}}
            auth: {htpasswd: {realm: test, path: \(root)/users}}
            """
        try Files.write(Array(configuration.utf8), to: scratch.root.appending("config.yml"))
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["docker-registry", "serve", "\(root)/config.yml"]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        try await waitUntilItAnswers()
    }

    deinit { process.terminate() }

    /// A directory for other tools, with the certificate.
    var certificates: FilePath { scratch.root.appending("certificates") }
    var certificate: FilePath { certificates.appending("ca.crt") }
    /// The file with the credentials of the last repository.
    var configuration: FilePath { scratch.root.appending("config.json") }

    /// A port without a listener.
    private static func freePort() throws -> UInt16 {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(handle) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(handle, $0, length) == 0 && getsockname(handle, $0, &length) == 0
            }
        }
        guard result else { throw Errno(rawValue: errno) }
        return UInt16(bigEndian: address.sin_port)
    }

    private func waitUntilItAnswers() async throws {
        var settings = TransportSettings()
        settings.certificates = certificate
        settings.attempts = 1
        for _ in 0..<100 where process.isRunning {
            if (try? await HTTPClient(settings: settings).get("https://\(host)/v2/", limit: 1 << 16)) != nil { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failed(output: "docker-registry did not start")
    }

    /// A repository there, as `user`, with credentials in the format of `docker login`.
    func repository(
        _ path: String, user: String? = "me:secret", mountSources: [String] = []
    ) async throws -> RegistryRepository {
        let file = configuration
        let auth = user.map { Data($0.utf8).base64EncodedString() }
        let entry = auth.map { #""\#(host)":{"auth":"\#($0)"}"# } ?? ""
        try Files.write(Array(#"{"auths":{\#(entry)}}"#.utf8), to: file)
        var transport = TransportSettings()
        transport.certificates = certificate
        var settings = RegistrySettings(
            transport: transport, credentials: CredentialSources(environment: [:], configuration: file, userID: 0))
        (settings.sizes.single, settings.sizes.piece) = (1 << 16, 40_000)
        return try await RegistryRepository.connect(
            to: ImageReference("\(host)/\(path)"), for: .writing(mountSources: mountSources), settings: settings)
    }
}

/// A program failed.
struct Failed: Error { let output: String }

/// Runs a program, which must succeed, and returns its standard output.
@discardableResult
func run(_ arguments: String...) throws -> String { try run(arguments) }

/// Runs a program, which must succeed, and returns its standard output.
@discardableResult
func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    let complaint = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed(output: "\(arguments): \(complaint)") }
    return text
}
