// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A short run of what `make fuzz` does for longer: the corpus, and inputs made of it by chance, the same each time.
@Suite("Parsers of outside bytes hold whatever they are given")
struct FuzzTests {
    @Test("The corpus", arguments: FuzzTarget.allCases)
    func corpus(target: FuzzTarget) throws {
        let seeds = try Corpus.seeds(of: target)
        #expect(!seeds.isEmpty, "Tests/FuzzTests/Corpus/\(target.rawValue) is empty")
        for (name, bytes) in seeds { #expect(throws: Never.self, "\(name)") { try target.run(bytes) } }
    }

    /// What once went wrong stays in the corpus; its name says what it was.
    @Test("Mutations of it", arguments: FuzzTarget.allCases)
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
