// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The output formats of most commands.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    /// Text for people.
    case text
    /// JSON for programs.
    case json

    /// `table` is another name of `text`.
    init?(argument: String) { self.init(rawValue: argument == "table" ? "text" : argument) }
}
