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
    ///   - agent: The coding agent.
    ///   - chosen: The variables that the caller provides by name.
    ///   - configurations: The texts of the caller's own configurations of the agent.
    package init(
        of agent: CodingAgent, environment: [String: String], chosen: Set<String>, configurations: [[UInt8]]
    ) {
        let names = environment.filter { !$0.value.isEmpty }.keys.filter(Self.isName)
        let passed = Set(names.filter(agent.isPassed))
        let known = Set(configurations.flatMap(Self.references)).union(agent.keys)
        let isOwn = agent.ownVariables.union(Self.imageVariables).contains
        self.passed = passed.subtracting(chosen).sorted()
        withheld = names.filter { name in
            let isKnown = known.contains(name) || agent.reads(name) || Self.proxies.contains(name.lowercased())
            return isKnown && !chosen.contains(name) && !passed.contains(name) && !isOwn(name)
        }.sorted()
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

    /// The variables of the image's entrypoint.
    private static let imageVariables: Set<String> = [
        "OPENCODE_GID", "OPENCODE_KEEP_CAPS", "OPENCODE_SUDO", "OPENCODE_SUDO_ENV", "OPENCODE_UID",
    ]

    private static let proxies: Set<String> = ["all_proxy", "ftp_proxy", "http_proxy", "https_proxy", "no_proxy"]
}

extension CodingAgent {
    /// Whether a container gets the variable without being asked to.
    fileprivate func isPassed(_ name: String) -> Bool {
        settings.contains(name) || name.hasPrefix(switchPrefix) && !ownVariables.contains(name)
    }

    /// Whether it is one of the agent's variables, and not of this program.
    fileprivate func reads(_ name: String) -> Bool { name.hasPrefix(prefix) && !name.hasPrefix("OPENCODE_DOCKER_") }
}
