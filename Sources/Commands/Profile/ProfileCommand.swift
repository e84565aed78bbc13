// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Engine
import ImageDefinition
import SystemPackage

/// `profile`: inspects a hardening definition.
struct ProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "Inspect hardening profiles.",
        discussion: """
            EXAMPLES
              opencode-docker profile diff released/image image
            """,
        subcommands: [ProfileDiffCommand.self])
}

/// `profile diff`: checks whether the second definition is weaker than the first.
struct ProfileDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two hardening definitions.",
        discussion: """
            Shows what is stronger or weaker, and which claims are affected. An additional capability is weaker, a \
            lower limit is stronger, and a seccomp filter is weaker for each call that it newly permits. A change that \
            is not provably stronger or equal counts as weaker. A removed claim, or a probe removed from one, is \
            weaker too.

            Exit status 0: nothing is weaker (equal, stronger, or different without being either). 1: something is weaker.

            EXAMPLES
              opencode-docker profile diff released/image image
              opencode-docker profile diff released/hardening.yaml image/hardening.yaml
              opencode-docker profile diff --profile strict --format json a b
            """)

    @Argument(help: .init("The earlier hardening.yaml, or its directory.", valueName: "before"), completion: .file())
    var before: String

    @Argument(
        help: .init("The later one. Seccomp filters are read from the directory of each.", valueName: "after"),
        completion: .file())
    var after: String

    @Option(
        help: .init(
            """
            Compare this profile only; without it, every profile and the claims. [environment: OPENCODE_DOCKER_PROFILE]
            """, valueName: "name"))
    var profile: String?

    @Option(help: "The output format. [environment: OPENCODE_DOCKER_FORMAT]")
    var format = OutputFormat.text

    func run() async throws {
        let (old, new) = (try Self.load(before), try Self.load(after))
        if let profile, old.profiles[profile] == nil, new.profiles[profile] == nil {
            throw DefinitionError.unknownProfile(profile, Set(old.profiles.keys).union(new.profiles.keys).sorted())
        }
        let difference = try HardeningDifference(from: old, to: new, profile: profile)
        let printer = DifferencePrinter(terminal: CommandEnvironment.current.standardOutput)
        print(try printer.text(difference, format), terminator: "")
        if difference.isWeaker { throw ExitStatusRequest(status: .no) }
    }

    private static func load(_ name: String) throws -> HardeningDefinition {
        let path = FilePath(name)
        let inDirectory = path.appending("hardening.yaml")
        let file = Files.exists(inDirectory) ? inDirectory : path
        return try HardeningDefinition.load(file: file, named: file.string, probes: .any)
    }
}
