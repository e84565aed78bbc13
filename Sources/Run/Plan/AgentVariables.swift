// SPDX-License-Identifier: Apache-2.0

/// The caller's variables for the coding agent: those that a container gets, and those that it does not.
package struct AgentVariables: Hashable, Sendable {
    /// The names of the variables that a container gets as with `--env NAME`: the agent's permissions and settings.
    package let passed: [String]
    /// The names of the other variables that the agent or its network would use: keys, references, proxies.
    package let withheld: [String]

    private static let mostNames = 100

    /// Sorts the variables of `environment`.
    ///
    /// - Parameters:
    ///   - chosen: The variables that the caller provides by name.
    ///   - configurations: The texts of the caller's own configurations of the agent.
    package init(environment: [String: String], chosen: Set<String>, configurations: [[UInt8]]) {
        let names = environment.filter { !$0.value.isEmpty }.keys.filter(Self.isName)
        let passed = names.filter(Self.isPassed).filter { !chosen.contains($0) }
        let known = Set(configurations.flatMap(Self.references)).union(Self.keys)
        withheld = names.filter { name in
            let isKnown = known.contains(name) || Self.isAgents(name) || Self.proxies.contains(name.lowercased())
            return isKnown && !chosen.contains(name) && !Self.isPassed(name) && !Self.isOwn(name)
        }.sorted()
        self.passed = passed.sorted()
    }

    /// A sentence that names the withheld variables; `nil` without one.
    package var remark: String? {
        guard !withheld.isEmpty else { return nil }
        let shown = withheld.prefix(8).joined(separator: ", ")
        let more = withheld.count > 8 ? " and \(withheld.count - 8) more" : ""
        return "Set here, but not in the container: \(shown)\(more). To provide one: `--env \(withheld[0])`."
    }

    /// The names in `{env:NAME}` of a configuration of OpenCode.
    static func references(in text: [UInt8]) -> [String] {
        let parts = String(decoding: text, as: UTF8.self).split(separator: "{env:", omittingEmptySubsequences: false)
        return parts.dropFirst().prefix(mostNames).compactMap { part in
            let name = part.prefix { $0 != "}" }.prefix(128)
            return isName(String(name)) ? String(name) : nil
        }
    }

    private static func isName(_ text: String) -> Bool {
        let isLetter: (UInt8) -> Bool = { (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "_") }
        return text.utf8.count <= 64 && text.utf8.first.map(isLetter) == true
            && text.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) }
    }

    private static func isPassed(_ name: String) -> Bool {
        ["OPENCODE_PERMISSION", "OPENCODE_CONFIG_CONTENT"].contains(name)
            || name.hasPrefix("OPENCODE_DISABLE_") && name != "OPENCODE_DISABLE_AUTOUPDATE"
    }

    private static func isAgents(_ name: String) -> Bool {
        name.hasPrefix("OPENCODE_") && !name.hasPrefix("OPENCODE_DOCKER_")
    }

    /// Whether this program or the image's entrypoint sets the variable.
    private static func isOwn(_ name: String) -> Bool {
        [
            "OPENCODE_CONFIG", "OPENCODE_DISABLE_AUTOUPDATE", "OPENCODE_GID", "OPENCODE_KEEP_CAPS", "OPENCODE_SUDO",
            "OPENCODE_SUDO_ENV", "OPENCODE_UID",
        ].contains(name)
    }

    private static let proxies: Set<String> = ["all_proxy", "ftp_proxy", "http_proxy", "https_proxy", "no_proxy"]

    /// The variables from which OpenCode takes its providers' keys.
    private static let keys: Set<String> = [
        "ANTHROPIC_API_KEY", "AWS_BEARER_TOKEN_BEDROCK", "AZURE_API_KEY", "CEREBRAS_API_KEY", "COHERE_API_KEY",
        "DEEPSEEK_API_KEY", "FIREWORKS_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY",
        "GROQ_API_KEY", "HF_TOKEN", "MISTRAL_API_KEY", "MOONSHOT_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY",
        "PERPLEXITY_API_KEY", "TOGETHER_API_KEY", "XAI_API_KEY", "ZHIPU_API_KEY",
    ]
}
