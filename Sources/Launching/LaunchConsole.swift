// SPDX-License-Identifier: Apache-2.0

/// A message to the caller around a run. Texts are not sanitized.
package enum LaunchMessage: Hashable, Sendable {
    /// A remark, which a quiet console leaves out.
    case note(String)
    /// A warning.
    case warning(String)
    /// The introduction at the first start.
    case introduction([String])
    /// A sentence, and the lines that it announces.
    case listing(String, [String])
}

/// The conversation with the caller around a run.
package struct LaunchConsole: Sendable {
    private let show: @Sendable (LaunchMessage) -> Void
    /// The caller's answer to a question; `nil` without a terminal.
    let answer: @Sendable (String) -> Bool?

    /// Creates a console.
    ///
    /// - Parameters:
    ///   - show: Shows a message, from any thread.
    ///   - answer: Asks a question; returns `nil` when there is no terminal.
    package init(
        show: @escaping @Sendable (LaunchMessage) -> Void, answer: @escaping @Sendable (String) -> Bool?
    ) {
        (self.show, self.answer) = (show, answer)
    }

    /// Asks the caller to confirm; `false` without a terminal.
    func confirms(_ question: String) -> Bool { answer(question) == true }

    /// Shows a remark.
    package func say(_ line: String) { show(.note(line)) }

    /// Shows a warning.
    package func warn(_ line: String) { show(.warning(line)) }

    func introduce(_ lines: [String]) { show(.introduction(lines)) }

    func list(_ sentence: String, _ lines: [String]) { show(.listing(sentence, lines)) }
}
