// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage
import Verify

/// The results of verifier runs, in the format that `VerifyTests` reads.
struct Recording: Encodable {
    struct Mutation: Encodable {
        var claims: [String]
        var seen: [String: String]
    }

    private(set) var baseline: [String: String]
    private(set) var mutations: [String: Mutation] = [:]
    let results: [ProbeResult]

    private enum CodingKeys: String, CodingKey { case baseline, mutations }

    init(_ results: [ProbeResult]) {
        self.results = results
        baseline = Self.table(results)
    }

    mutating func add(_ weakening: Weakening, _ results: [ProbeResult]) {
        let seen = Self.table(results)
        var changed = seen.filter { baseline[$0.key] != $0.value }
        for key in baseline.keys where seen[key] == nil { changed[key] = "" }
        mutations[weakening.name] = Mutation(claims: weakening.claims, seen: changed)
    }

    func write() throws {
        guard let path = ProcessInfo.processInfo.environment["OPENCODE_DOCKER_RECORDING"] else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try Files.write(Array(try encoder.encode(self)) + [10], to: FilePath(path))
    }

    /// `vantage probe` to outcome; contradictory outcomes match neither.
    private static func table(_ results: [ProbeResult]) -> [String: String] {
        Dictionary(results.map { ("\($0.vantage.rawValue) \($0.probe)", $0.outcome.description) }) { first, second in
            first == second ? first : "\(first) and \(second)"
        }
    }
}
