// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text without control characters, because names come from untrusted sources.
    package var sanitized: String {
        let isHarmless = unicodeScalars.allSatisfy { $0.value >= 32 && !(127...159).contains($0.value) }
        if isHarmless { return self }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            let isControl = scalar.value < 32 || (127...159).contains(scalar.value)
            text.append(isControl ? "?" : scalar)
        }
        return String(text)
    }

    /// Lines of a package's changelog, sanitized for a terminal.
    package var sanitizedLines: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { String($0).sanitized }.joined(separator: "\n")
    }
}
