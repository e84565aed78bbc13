// SPDX-License-Identifier: Apache-2.0

import Core
import Egress
import Engine
import Foundation
import SystemPackage

/// What a container tells the coding agent about itself: its directories, its guard, its limits, what lasts. It is
/// information, and holds nothing: the container is held by its profile.
///
/// The same plan gives the same bytes, so that a model's cache of the prompt holds over several starts.
package struct AgentNotes: Hashable, Sendable {
    /// The files in the container. OpenCode reads a second configuration beside the image's, and the instructions that it
    /// names.
    package enum Target {
        /// The notes as text.
        package static let text = "/etc/opencode/container.md"
        /// The notes as JSON, for other programs.
        package static let document = "/etc/opencode/container.json"
        /// The configuration that names the text.
        package static let configuration = "/etc/opencode/opencode.jsonc"
    }

    /// A mounted directory.
    private struct Directory: Hashable, Sendable, Encodable {
        let path: String
        let readOnly: Bool
    }

    /// The notes as JSON; names are those of the options of `run`.
    private struct Document: Hashable, Sendable, Encodable {
        let directories: [Directory]
        let gitConfigurationIsReadOnly: Bool
        let sudo: Bool
        let network: String
        let allowed: [String]?
        let readOnlyRoot: Bool
        let memory: UInt64?
        let processes: Int?
        let processors: Double?
        let lasting: [String]
    }

    private static let mostBytes = 2048
    private static let mostDirectories = 8
    private static let mostPathBytes = 80
    private static let mostRules = 12

    private let facts: Document
    private let added: [String]

    /// The notes of a start.
    ///
    /// - Parameters:
    ///   - plan: The plan, with its trees and homes.
    ///   - directories: The mounted directories, the project first.
    ///   - isGuarded: Whether git's hooks and configuration are read-only.
    package init(_ plan: LaunchPlan, directories: [BindMount], isGuarded: Bool) {
        added = directories.dropFirst().map(\.target)
        facts = Document(
            directories: directories.map { Directory(path: $0.target.sanitized, readOnly: $0.readOnly) },
            gitConfigurationIsReadOnly: isGuarded, sudo: plan.profile.sudo,
            network: plan.network.name, allowed: plan.access.map { $0.rules.map(\.text) },
            readOnlyRoot: plan.profile.readOnlyRoot, memory: plan.profile.limits.memory,
            processes: plan.profile.limits.pids, processors: plan.profile.limits.cpus,
            lasting: plan.host.homes.map { $0.target.sanitized }.sorted())
    }

    /// The text for the agent, of at most 2 KB.
    package var text: String {
        let lines = [directories, git, root, network, limits, lasting, Self.update].compactMap(\.self)
        let whole = "# This container\n\n\(Self.introduction)\n\n" + lines.map { "- \($0)\n" }.joined()
        return String(decoding: whole.utf8.prefix(Self.mostBytes), as: UTF8.self)
    }

    /// The notes as JSON.
    package var document: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: (try? encoder.encode(facts)) ?? Data(), as: UTF8.self) + "\n"
    }

    /// The configuration that names the text.
    ///
    /// - Parameter permitsAdded: Whether it lets the agent use the added directories without a question.
    package func configuration(permitsAdded: Bool) -> String {
        var value: [String: any Sendable] = ["instructions": [Target.text]]
        let rules = Self.rules(for: added)
        if permitsAdded, !rules.isEmpty { value["permission"] = ["external_directory": rules] }
        let bytes = try? JSONSerialization.data(
            withJSONObject: value, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: bytes ?? Data(), as: UTF8.self) + "\n"
    }

    /// The rule for directories, for a sentence: `"external_directory": {…}`; `nil` for no directory.
    package static func rule(for directories: [String]) -> String? {
        let rules = rules(for: directories)
        guard !rules.isEmpty else { return nil }
        let bytes = try? JSONSerialization.data(
            withJSONObject: rules, options: [.sortedKeys, .withoutEscapingSlashes])
        return bytes.map { "\"external_directory\": \(String(decoding: $0, as: UTF8.self).sanitized)" }
    }

    /// The agent's patterns: `*` also stands for slashes. A name with such characters would permit more than its directory.
    private static func rules(for directories: [String]) -> [String: String] {
        let plain = directories.filter { !$0.contains("*") && !$0.contains("?") }
        return Dictionary(plain.map { ("\($0)/*", "allow") }) { first, _ in first }
    }
}

extension AgentNotes {
    private static let introduction =
        "`opencode-docker run` started it for this session, on the user's directories. Facts, as JSON: \(Target.document)."

    private var directories: String {
        let shown = facts.directories.prefix(Self.mostDirectories).enumerated().map { number, directory in
            let roles = [number == 0 ? "the project" : nil, directory.readOnly ? "read-only" : nil].compactMap(\.self)
            return "`\(Self.short(directory.path))`" + (roles.isEmpty ? "" : " (\(roles.joined(separator: ", ")))")
        }
        let others = facts.directories.count - shown.count
        return "Directories of the user: \(shown.joined(separator: ", "))\(others > 0 ? " and \(others) more" : "")."
            + " Nothing else of the host is here."
    }

    private var git: String? {
        guard facts.gitConfigurationIsReadOnly else { return nil }
        return """
            Git's hooks and configuration in these directories are read-only, because git on the host executes them. \
            `git config`, `git remote add` and `git branch -m` fail ("could not lock config file", "Device or resource \
            busy"): use `git -c KEY=VALUE`, or ask the user for `opencode-docker git-config -- KEY VALUE` on the host. \
            Programs that install hooks (husky, lefthook) install none: run those checks yourself.
            """
    }

    private var root: String {
        guard facts.sudo else { return "There is no root: `sudo` is off, and packages cannot be installed by apt." }
        guard facts.network != NetworkPolicy.none.name else { return "`sudo` works without a password." }
        return "`sudo` works without a password: `sudo apt-get update && sudo apt-get install PACKAGE`."
    }

    private var network: String {
        if let allowed = facts.allowed { return Self.list(allowed) }
        return facts.network == NetworkPolicy.none.name
            ? "There is no network, only this container's own loopback interface."
            : "The network is open. No port is published: the user cannot reach a server that runs here."
    }

    /// Rules are ASCII, and their number is the caller's choice.
    private static func list(_ allowed: [String]) -> String {
        let shown = allowed.prefix(mostRules).map { short($0) }.joined(separator: ", ")
        let more = allowed.count > mostRules ? " and \(allowed.count - mostRules) more" : ""
        return """
            The network reaches these hosts alone: \(shown)\(more). The way is an HTTP proxy, which the variables HTTPS_PROXY \
            and HTTP_PROXY name; there is no DNS and no other route. It refuses other hosts with status 403: ask the user for \
            `--allow HOST`. No port is published: the user cannot reach a server that runs here.
            """
    }

    private var limits: String? {
        let limits = [
            facts.memory.map { "\(ByteSize($0)) of memory" }, facts.processes.map { "\($0) processes" },
            facts.processors.map {
                "\($0.formatted(.number.grouping(.never).locale(.init(identifier: "en_US_POSIX")))) processors"
            },
        ].compactMap(\.self)
        return limits.isEmpty ? nil : "Limits: \(limits.joined(separator: ", "))."
    }

    private var lasting: String {
        let names = facts.lasting.compactMap { FilePath($0).lastComponent?.string }.joined(separator: " ")
        let rest = facts.readOnlyRoot ? "Other places are read-only or in memory." : "All else is gone afterwards."
        return "What lasts: the directories above, and in the home directory \(names). \(rest)"
    }

    private static let update = "The coding agent is updated with the image, not by itself."

    private static func short(_ name: String) -> String {
        ShownPath.text(name.utf8, limit: mostPathBytes).replacing("`", with: "?")
    }
}
