// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A short form of `make fuzz`: the corpus, and reproducible random mutations of it.
@Suite("Parsers of untrusted bytes keep their invariants")
struct FuzzTests {
    @Test("The corpus", arguments: FuzzTarget.allCases)
    func corpus(target: FuzzTarget) throws {
        let seeds = try Corpus.seeds(of: target)
        #expect(!seeds.isEmpty, "Tests/FuzzTests/Corpus/\(target.rawValue) is empty")
        for (name, bytes) in seeds { #expect(throws: Never.self, "\(name)") { try target.run(bytes) } }
    }

    /// Inputs that once caused a failure stay in the corpus; the name describes the failure.
    @Test("Mutations of the corpus", arguments: FuzzTarget.allCases)
    func mutations(target: FuzzTarget) throws {
        let seeds = try Corpus.seeds(of: target).map(\.bytes)
        var mutator = Mutator(seed: 0x6f70656e636f6465, seeds: seeds)
        for _ in 0..<2000 {
            let bytes = mutator.next()
            do { try target.run(bytes) } catch {
                Issue.record("\(target.rawValue): \(error), with \(Data(bytes).base64EncodedString())")
                return
            }
        }
    }

    @Test("The same seed gives the same inputs, and they differ from the corpus")
    func mutator() {
        let seeds = [Array("Package: a\nVersion: 1\n".utf8), Array("{}".utf8)]
        var (first, second) = (Mutator(seed: 1, seeds: seeds), Mutator(seed: 1, seeds: seeds))
        let inputs = (0..<100).map { _ in first.next() }
        #expect(inputs == (0..<100).map { _ in second.next() })
        #expect(Set(inputs).subtracting(seeds).count > 50)
    }
}

/// The committed inputs, a directory for each target.
enum Corpus {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    static func seeds(of target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
        let directory = directory.appending(path: target.rawValue)
        return try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted().map {
            ($0, Array(try Data(contentsOf: directory.appending(path: $0))))
        }
    }
}
