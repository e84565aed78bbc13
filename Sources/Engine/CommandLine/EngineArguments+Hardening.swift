// SPDX-License-Identifier: Apache-2.0

/// An option of an engine's command line, as the caller of `docker run` writes it.
package struct EngineOption: Hashable, Sendable {
    /// The name with its dashes, such as `--cap-drop`.
    package let name: String
    /// The value; `nil` for a flag.
    package let value: String?

    /// Creates an option.
    package init(_ name: String, _ value: String? = nil) { (self.name, self.value) = (name, value) }
}

extension EngineArguments {
    /// The options of `run` that follow from the profile alone, for documents from which other programs start a
    /// container.
    ///
    /// - Parameters:
    ///   - filter: The file of the seccomp filter, as the document names it; `nil` for the engine's default filter.
    ///   - owner: Docker's options for a tmpfs of the user's.
    /// - Throws: `EngineError.notForEngine`, `EngineError.unmountable`.
    package func hardening(
        _ profile: HardeningProfile, hostname: String, filter: String?, owner: [String]
    ) throws(EngineError) -> [EngineOption] {
        var words = try isolation(profile, hostname: hostname, ContainerSettings(image: ""))
        words += restrictions(profile, filter: profile.seccomp == nil ? "unconfined" : filter)
        words += limits(profile.limits)
        words += try memory(profile, owner: owner)
        return Self.options(words)
    }

    /// The words as options: a word that begins with a dash is a name, and the word after it its value.
    private static func options(_ words: [String]) -> [EngineOption] {
        var options: [EngineOption] = []
        for word in words {
            if word.hasPrefix("--") {
                options.append(EngineOption(word))
            } else if let last = options.popLast() {
                options.append(EngineOption(last.name, word))
            }
        }
        return options
    }
}
