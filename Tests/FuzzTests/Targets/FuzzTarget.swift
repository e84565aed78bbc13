// SPDX-License-Identifier: Apache-2.0

import Core

/// A parser of outside bytes, with what must hold whatever it is given.
///
/// libFuzzer (`make fuzz`) and the tests (`FuzzTests`) drive the same targets.
enum FuzzTarget: String, CaseIterable, Sendable {
    case agent, archive, control, deb, definition, dependency, hardening, json, hostKeys, lock, manifest, packages
    case probeOutput, reference, release, version

    /// The most bytes that are tried: where a parser has a bound of its own, it is met in a unit test.
    static let limit = 1 << 16

    /// Gives `bytes` to the parser.
    ///
    /// - Throws: `FuzzFinding` when something does not hold that must.
    func run(_ bytes: [UInt8]) throws {
        do {
            switch self {
            case .agent: try Self.agent(bytes)
            case .archive: try Self.archive(bytes)
            case .control: try Self.control(bytes)
            case .deb: try Self.deb(bytes)
            case .definition: try Self.definition(bytes)
            case .dependency: try Self.dependency(bytes)
            case .hardening: try Self.hardening(bytes)
            case .json: try Self.json(bytes)
            case .hostKeys: try Self.hostKeys(bytes)
            case .lock: try Self.lock(bytes)
            case .manifest: try Self.manifest(bytes)
            case .packages: try Self.packages(bytes)
            case .probeOutput: try Self.probeOutput(bytes)
            case .reference: try Self.reference(bytes)
            case .release: try Self.release(bytes)
            case .version: try Self.version(bytes)
            }
        } catch let finding as FuzzFinding { throw finding } catch { try Self.review(error) }
    }

    /// Every refusal is one that a person can read.
    private static func review(_ error: any Error) throws {
        guard let error = error as? any UserFacingError else { throw FuzzFinding("not for people: \(error)") }
        try expect(error.sentence.hasSuffix("."), "no sentence: \(error.sentence.debugDescription)")
        try expect(error.sentence.utf8.count <= limit + 1000, "an endless sentence")
    }

    /// Says what does not hold.
    static func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        if !condition { throw FuzzFinding(what()) }
    }
}

/// Something that must hold, and does not.
struct FuzzFinding: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
