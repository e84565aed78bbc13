// SPDX-License-Identifier: Apache-2.0

import Core

/// A parser of untrusted bytes, with its invariants.
///
/// libFuzzer (`make fuzz`) and the tests (`FuzzTests`) run the same targets.
enum FuzzTarget: String, CaseIterable, Sendable {
    case advisories, agent, archive, bundle, changelog, control, credentials, deb, definition, dependency, document
    case evidence, filter, gitConfiguration, gitDelta, gitIndex, gitObjects, hardening, header, hostKeys, json, key,
        lock,
        manifest, networkRule, packages
    case probeOutput, proxyRequest, record, reference, release, signatures, simpleSigning, statement, storedManifest,
        time, token,
        tracker, trust
    case version, zlib

    /// The size limit of inputs; the parsers' own limits are tested in unit tests.
    static let limit = 1 << 16

    /// Gives `bytes` to the parser.
    ///
    /// - Throws: `FuzzFinding` when an invariant is violated.
    func run(_ bytes: [UInt8]) throws {
        do { try parser(bytes) } catch let finding as FuzzFinding { throw finding } catch { try Self.review(error) }
    }

    private var parser: ([UInt8]) throws -> Void {
        switch self {
        case .advisories: Self.advisories
        case .agent: Self.agent
        case .archive: Self.archive
        case .bundle: Self.bundle
        case .changelog: Self.changelog
        case .control: Self.control
        case .credentials: Self.credentials
        case .deb: Self.deb
        case .definition: Self.definition
        case .dependency: Self.dependency
        case .document: Self.document
        case .evidence: Self.evidence
        case .filter: Self.filter
        case .gitConfiguration, .gitDelta, .gitIndex, .gitObjects, .zlib: git
        case .hardening: Self.hardening
        case .header: Self.header
        case .hostKeys: Self.hostKeys
        case .json: Self.json
        case .key: Self.key
        case .lock: Self.lock
        case .manifest: Self.manifest
        case .networkRule, .proxyRequest: network
        case .packages: Self.packages
        case .probeOutput: Self.probeOutput
        case .record: Self.record
        case .reference: Self.reference
        case .release: Self.release
        case .signatures: Self.signatures
        case .simpleSigning: Self.simpleSigning
        case .statement: Self.statement
        case .storedManifest: Self.storedManifest
        case .time: Self.time
        case .token: Self.token
        case .tracker: Self.tracker
        case .trust: Self.trust
        case .version: Self.version
        }
    }

    /// Every error must be a user-facing one.
    private static func review(_ error: any Error) throws {
        guard let error = error as? any UserFacingError else { throw FuzzFinding("not a user-facing error: \(error)") }
        try expect(error.sentence.hasSuffix("."), "no sentence: \(error.sentence.debugDescription)")
        try expect(error.sentence.utf8.count <= limit + 1000, "an endless sentence")
    }

    /// Checks an invariant.
    static func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        if !condition { throw FuzzFinding(what()) }
    }
}

/// A violated invariant.
struct FuzzFinding: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
