// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// How progress is shown (`--progress`).
package enum ProgressMode: String, Sendable, CaseIterable, ExpressibleByArgument {
    /// Bars on a terminal that can draw them, plain lines elsewhere.
    case auto
    /// One line now and then.
    case plain
    /// Bars, whatever standard error is.
    case bar
    /// No progress; remarks and warnings only.
    case none
}

/// How much is said.
package enum Verbosity: Sendable {
    /// Warnings and errors.
    case quiet
    /// Progress and remarks too.
    case normal
    /// Also each single thing that is done.
    case verbose
}

/// How the console writes, decided once from what the caller asked for and where standard error leads.
package struct ConsoleSettings: Sendable, Equatable {
    /// `plain`, `bar` or `none`.
    package let mode: ProgressMode
    /// How much is said.
    package let verbosity: Verbosity
    /// Whether colour is used.
    package let colour: Bool
    /// Characters in a line of the terminal.
    package let width: Int

    /// Decides.
    ///
    /// - Parameters:
    ///   - environment: `NO_COLOR` (no-color.org: any value but the empty one) and `TERM` are looked at.
    ///   - isTerminal: Whether standard error is a terminal.
    ///   - width: Its width; `nil` when it is not known.
    package init(
        mode: ProgressMode = .auto, verbosity: Verbosity = .normal, environment: [String: String], isTerminal: Bool,
        width: Int? = nil
    ) {
        let isCapable = Self.isCapable(environment, isTerminal)
        self.verbosity = verbosity
        self.mode = verbosity == .quiet ? .none : mode == .auto ? (isCapable ? .bar : .plain) : mode
        colour = Self.wantsColour(environment: environment, isTerminal: isTerminal)
        self.width = max(20, min(width ?? 80, 1000))
    }

    /// Whether what is written to a terminal may be coloured: it can, and `NO_COLOR` does not say otherwise
    /// (no-color.org: any value but the empty one).
    static func wantsColour(environment: [String: String], isTerminal: Bool) -> Bool {
        isCapable(environment, isTerminal) && environment["NO_COLOR"].map(\.isEmpty) ?? true
    }

    private static func isCapable(_ environment: [String: String], _ isTerminal: Bool) -> Bool {
        isTerminal && environment["TERM"].map { $0 != "dumb" && !$0.isEmpty } ?? false
    }
}
