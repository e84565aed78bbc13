// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Egress

/// `network`: explains the rules of `run --network allow`.
struct NetworkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network", abstract: "Explain the rules of run --network allow.",
        discussion: """
            EXAMPLES
              opencode-docker network presets
              opencode-docker network why --allow github,npm api.segment.io
            """,
        subcommands: [NetworkWhyCommand.self, NetworkPresetsCommand.self])
}

/// `network presets`: lists the presets of `--allow` with their hosts.
struct NetworkPresetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "presets",
        abstract: "List the presets of --allow, with their hosts.",
        discussion: """
            EXAMPLES
              opencode-docker network presets
              opencode-docker network presets github npm
            """)

    @Argument(help: .init("The presets; default: all.", valueName: "preset"))
    var names: [String] = []

    func run() async throws {
        let rules = names.isEmpty ? nil : try NetworkRule.rules(names)
        var table = Table([.init("PRESET"), .init("PURPOSE"), .init("HOSTS", wraps: true)])
        for preset in NetworkPreset.all where rules.map({ $0.contains(preset.rules[0]) }) ?? true {
            table.add(["\(preset.name)", "\(preset.purpose)", "\(preset.rules.map(\.text).joined(separator: " "))"])
        }
        let terminal = CommandEnvironment.current.standardOutput
        print(table.render(width: terminal.width, colour: terminal.colour), terminator: "")
    }
}

/// `network why`: prints which rule allows or refuses a host.
struct NetworkWhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Print which rule allows or refuses a host.",
        discussion: """
            Only the rules are asked; a start also looks at the addresses of a name, and refuses private ones unless a rule \
            names the host. The status is 1 when the host is refused.

            EXAMPLES
              opencode-docker network why --allow github,npm codeload.github.com
              OPENCODE_DOCKER_ALLOW=github opencode-docker network why github.com:22
            """)

    @OptionGroup var network: NetworkOptions

    @Argument(help: .init("The host, or HOST:PORT; without a port 443.", valueName: "host"))
    var host: String

    func run() async throws {
        guard let destination = Destination(host, port: 443) else { throw EgressError.invalidDestination(host) }
        let policy = NetworkPolicy.allow(try NetworkRule.rules(network.allowed))
        switch policy.decision(for: destination) {
        case .open: print("\(destination.text) is allowed.")
        case .allowed(let rule): print("\(destination.text) is allowed by \(rule.explanation).")
        case .refused(let refusal):
            print("\(destination.text) is refused: \(refusal.text).")
            if RefusedDestinations.isProposed(destination, refusal) {
                print("To allow it: --allow \(destination.text)")
            }
            throw ExitStatusRequest(status: .no)
        }
    }
}

extension NetworkRule {
    /// The rule and where it is from, for the end of a sentence.
    fileprivate var explanation: String {
        switch origin {
        case .preset(let name): "'\(text)' of the preset \(name)"
        case .option: "'\(text)' of --allow" + (namesHost ? "; it may also be a private address" : "")
        }
    }
}
