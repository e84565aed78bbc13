// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Commands
import Core
import Testing

private struct Trouble: UserFacingError {
    let sentence = "The 'a\u{1B}b' is broken."
    let hint: String?
    let exitStatus: Core.ExitStatus
    var excerpt: [String] = []
}

private struct Unknown: Error {}

private struct Root: ParsableCommand {
    @Option var number = 1
}

@Suite struct ErrorPresenterTests {
    @Test func sentencesAndHints() {
        let plain = ErrorPresenter.present(Trouble(hint: nil, exitStatus: .tryAgain), of: Root.self)
        #expect(plain?.text == "error: The 'a?b' is broken.\n")
        #expect(plain?.status == .tryAgain)
        let hinted = ErrorPresenter.present(Trouble(hint: "Fix it.", exitStatus: .no), of: Root.self, colour: true)
        #expect(hinted?.text == "\u{1B}[31merror:\u{1B}[0m The 'a?b' is broken.\n\u{1B}[1mhint:\u{1B}[0m Fix it.\n")
        #expect(hinted?.status == .no)
    }

    @Test("Lines of another program are shown before the hint, indented and sanitized")
    func excerpts() {
        let trouble = Trouble(hint: "Fix it.", exitStatus: .broken, excerpt: ["one", "t\u{1B}[2Jwo"])
        let shown = ErrorPresenter.present(trouble, of: Root.self)
        #expect(shown?.text == "error: The 'a?b' is broken.\n  one\n  t?[2Jwo\nhint: Fix it.\n")
    }

    @Test func interruptedAndUnknown() {
        #expect(ErrorPresenter.present(CancellationError(), of: Root.self)?.status == .interrupted)
        let unknown = ErrorPresenter.present(Unknown(), of: Root.self)
        #expect(unknown?.status == .broken)
        #expect(unknown?.text.hasPrefix("error: Unexpected error") == true)
    }

    @Test(arguments: [["--number", "x"], ["--help"], ["--nonsense"]])
    func argumentParserKeepsItsErrors(_ arguments: [String]) throws {
        let error = try #require(throws: (any Error).self) { try Root.parse(arguments) }
        #expect(ErrorPresenter.present(error, of: Root.self) == nil)
        #expect(ErrorPresenter.present(ExitCode(7), of: Root.self) == nil)
        #expect(ErrorPresenter.present(ExitCode.failure, of: Root.self) == nil)
        #expect(ErrorPresenter.present(ValidationError("no"), of: Root.self) == nil)
    }
}
