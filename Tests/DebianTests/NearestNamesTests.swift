// SPDX-License-Identifier: Apache-2.0

import Debian
import Testing

@Suite struct NearestNamesTests {
    private static let names = [
        "tidy", "tin", "tina", "tinc", "tini", "python3", "cython3", "ipython3", "bash-completion", "nodejs", "zsh",
        "git", "gita",
    ]

    /// The unknown name, and the expected suggestions, most likely first.
    @Test(arguments: [
        ("tiny", ["tina", "tinc", "tini"]), ("pyhton3", ["python3", "cython3", "ipython3"]),
        ("bash-completions", ["bash-completion"]), ("nodjs", ["nodejs"]), ("zhs", ["zsh"]), ("gitt", ["git", "gita"]),
        ("unheard-of", []),
    ])
    func suggests(asked: String, nearest: [String]) throws {
        let solver = Solver(try SolverTests.universe(Self.names.map { ($0, "1", "") }))
        let unknown = DebianError.noSolution([.unknown(name: asked, nearest: nearest)])
        #expect(throws: unknown) { try solver.solve([try PackageName(asked)]) }
    }
}
