// SPDX-License-Identifier: Apache-2.0

/// The parts of a subcommand's help text.
package struct HelpText: Equatable {
    /// The paragraphs, each as one line, without the examples.
    package private(set) var paragraphs: [String] = []
    /// The lines below "EXAMPLES", without their indentation.
    package private(set) var examples: [String] = []

    /// Splits `discussion` into its parts.
    package init(_ discussion: String) {
        for block in discussion.split(separator: "\n\n") {
            let lines = block.split(separator: "\n")
            if lines.first == "EXAMPLES" {
                examples += lines.dropFirst().map { String($0.drop { $0 == " " }) }
            } else {
                paragraphs.append(lines.joined(separator: " "))
            }
        }
    }
}
