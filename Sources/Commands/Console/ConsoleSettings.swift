// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// How progress is shown (`--progress`).
package enum ProgressMode: String, Sendable, CaseIterable, ExpressibleByArgument {
    /// Bars on a capable terminal, plain lines elsewhere.
    case auto
    /// Occasional lines.
    case plain
    /// Bars, even without a terminal.
    case bar
    /// No progress; only notes and warnings.
    case none
}

/// The amount of output.
package enum Verbosity: Sendable {
    /// Warnings and errors.
    case quiet
    /// Also progress and notes.
    case normal
    /// Also each single step.
    case verbose
}

/// The settings of the console, derived once from the options and the kind of standard error.
package struct ConsoleSettings: Sendable, Equatable {
    /// `plain`, `bar` or `none`.
    package let mode: ProgressMode
    /// The amount of output.
    package let verbosity: Verbosity
    /// Whether colour is used.
    package let colour: Bool
    /// The width of the terminal.
    package let width: Int

    /// Derives the settings.
    ///
    /// - Parameters:
    ///   - environment: `NO_COLOR` (no-color.org: any value but the empty one) and `TERM` are used.
    ///   - isTerminal: Whether standard error is a terminal.
    ///   - width: The terminal's width; `nil` when unknown.
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

    /// Whether output to a terminal is coloured: unless the terminal is dumb or `NO_COLOR` is set (no-color.org: any
    /// value but the empty one).
    static func wantsColour(environment: [String: String], isTerminal: Bool) -> Bool {
        isCapable(environment, isTerminal) && environment["NO_COLOR"].map(\.isEmpty) ?? true
    }

    private static func isCapable(_ environment: [String: String], _ isTerminal: Bool) -> Bool {
        isTerminal && environment["TERM"].map { $0 != "dumb" && !$0.isEmpty } ?? false
    }
}
