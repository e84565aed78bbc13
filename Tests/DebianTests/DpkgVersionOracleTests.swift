// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Testing

@Suite struct DpkgVersionOracleTests {
    /// Random versions over the relevant characters, compared by dpkg, many in one process.
    @Test func orderIsDpkgs() async throws {
        var numbers = Numbers(state: 42)
        let pairs = (0..<1_500).map { _ in (numbers.version(), numbers.version()) }
        let script = """
            while read a b; do
                if dpkg --compare-versions "$a" lt "$b"; then echo -1
                elif dpkg --compare-versions "$a" eq "$b"; then echo 0
                else echo 1; fi
            done
            """
        let input = pairs.map { "\($0.0) \($0.1)" }.joined(separator: "\n") + "\n"
        let result = try await ExternalProgram("/bin/sh", ["-c", script], environment: ExternalProgram.ownEnvironment)
            .result(input: Array(input.utf8), limit: 1 << 20)
        let answers = String(decoding: result.standardOutput, as: UTF8.self).split(separator: "\n").compactMap {
            Int($0)
        }
        #expect(answers.count == pairs.count)
        for ((left, right), answer) in zip(pairs, answers) {
            #expect(try DebianVersion(left).order(to: DebianVersion(right)).signum() == answer, "\(left) \(right)")
        }
        #expect(Set(answers) == [-1, 0, 1])
    }

    private struct Numbers {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }

        /// Short, from few characters, so that many pairs differ in one position only.
        mutating func version() -> String {
            let letters = Array("0019a~+.Z")
            func run(_ count: Int) -> String { (0..<count).map { _ in String(letters[next(letters.count)]) }.joined() }
            let epoch = next(4) == 0 ? "\(next(3)):" : ""
            let revision = next(2) == 0 ? "-" + run(1 + next(3)) : ""
            return epoch + "\(next(3))" + run(next(4)) + revision
        }
    }
}
