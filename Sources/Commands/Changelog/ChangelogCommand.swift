// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Changes
import Core
import ImageBuilding
import ImageComparison
import Lockfile
import SystemPackage

/// `changelog`: shows what changed between two locks, and which vulnerabilities that fixes.
struct ChangelogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "changelog",
        abstract: "Show changes and fixed vulnerabilities between two locks.",
        discussion: """
            Reads the changelogs of the new packages, and downloads only these packages. A vulnerability is listed \
            when a changelog entry of the update reports it as fixed and no older entry does; --explain prints the \
            evidence of each line, its confidence, and what was left out. Snapshots of Debian's security tracker and \
            lists of advisories add details; they are never downloaded.

            EXAMPLES
              git show v1.0.0:versions.lock > old.lock
              opencode-docker changelog --from old.lock --explain
              opencode-docker changelog --from old.lock --to new.lock --format json
              opencode-docker changelog --from old.lock --tracker json --dla-list list
              opencode-docker changelog --from old.lock --format html > release.html
            """)

    @Option(
        help: .init("The earlier lock. [environment: OPENCODE_DOCKER_FROM]", valueName: "lock"), completion: .file())
    var from: String

    @Option(
        help: .init("The later lock; default: that of --lock. [environment: OPENCODE_DOCKER_TO]", valueName: "lock"),
        completion: .file())
    var to: String?

    @Flag(help: "Print the evidence and its confidence for every line. [environment: OPENCODE_DOCKER_EXPLAIN=1]")
    var explain = false

    @Option(help: "The output format. [environment: OPENCODE_DOCKER_FORMAT]")
    var format = ChangelogFormat.markdown

    @OptionGroup(title: "Image") var image: ImageOptions
    @OptionGroup(title: "Security data") var data: SecurityDataOptions
    @OptionGroup(title: "Downloads") var downloads: DownloadOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    func run() async throws {
        let environment = CommandEnvironment.current
        let (old, new) = (try Self.lock(from), try Self.lock(to ?? image.lockFile(environment).string))
        let host = try downloads.host(environment)
        let changes = PackageChanges(host: host, data: try data.read())
        let report = try await console.withProgress(environment: environment.variables) { progress in
            try await changes.report(from: old, to: new, progress: progress)
        }
        let printer = ChangelogPrinter(report: report, explains: explain)
        switch format {
        case .markdown: print(printer.markdown, terminator: "")
        case .json: print(String(decoding: printer.json.canonical(), as: UTF8.self))
        case .html:
            let page = try ChangelogPage(
                store: host.store, directory: image.directory(environment),
                platform: try image.chosenPlatform(environment)
            ).page(report, from: old, to: new)
            print(String(decoding: page.html(), as: UTF8.self), terminator: "")
        }
    }

    private static func lock(_ file: String) throws -> VersionsLock {
        guard Files.exists(FilePath(file)) else { throw ImageBuildingError.missingLock(file) }
        return try VersionsLock.load(FilePath(file))
    }
}

/// The output formats.
enum ChangelogFormat: String, ExpressibleByArgument, CaseIterable {
    case markdown, json, html
}
