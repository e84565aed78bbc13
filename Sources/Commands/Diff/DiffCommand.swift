// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import ImageComparison
import OCI

/// `diff`: shows what changed between two locks or images, and the size of an update.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two locks or images, and show the download size.",
        discussion: """
            Each argument is a lock file or an image in a layout (oci:DIR[:TAG]). Between two images the size is \
            exact: it counts the blobs that only the new image has. Of an image with gzip and zstd layers the zstd \
            layers are counted, as `run` and `pull` use them; the gzip size is shown beside them. For a lock, the \
            sizes of layers that were built here are known, and the others are estimated from the packages; nothing is \
            built or downloaded.

            EXAMPLES
              git show HEAD:versions.lock > old.lock
              opencode-docker diff old.lock versions.lock
              opencode-docker diff old.lock versions.lock --budget 20MB
              opencode-docker diff oci:monday oci:tuesday --format json
            """)

    @Argument(help: .init("The old version: a lock file, or oci:DIR[:TAG].", valueName: "old"))
    var old: String

    @Argument(help: .init("The new version: a lock file, or oci:DIR[:TAG].", valueName: "new"))
    var new: String

    @OptionGroup(title: "Image") var image: ImageOptions

    @Option(
        help: .init(
            "Exit status 1 when the download is larger, such as 20MB or 5MiB. [environment: OPENCODE_DOCKER_BUDGET]",
            valueName: "size"))
    var budget: ByteSize?

    @Option(help: "The output format. [environment: OPENCODE_DOCKER_FORMAT]")
    var format = OutputFormat.text

    func run() throws {
        let environment = CommandEnvironment.current
        let platform = try image.chosenPlatform(environment)
        let (before, after) = try subjects(platform, .zstd)
        let planner = try PullPlanner(
            store: try Store(root: environment.storeDirectory), directory: image.directory(environment),
            platform: platform)
        // A gzip image can exist only beside a zstd one; otherwise nothing is read twice.
        let plain = after.isZstd ? try subjects(platform, .gzip) : nil
        var report = DiffReport(
            moves: PackageMove.moves(from: try before.packages(platform), to: try after.packages(platform)),
            pull: planner.estimate(from: before, to: after),
            gzip: plain.flatMap { $0.new.isZstd ? nil : planner.estimate(from: $0.old, to: $0.new) }, budget: budget)
        if case (.lock(let old), .lock(let new)) = (before, after) {
            (report.choices, report.warnings) = (new.choiceChanges(from: old), new.choices.warnings)
        }
        switch format {
        case .text: print(report.text(terminal: environment.standardOutput), terminator: "")
        case .json: print(String(decoding: report.json.canonical(), as: UTF8.self))
        }
        if !report.isWithinBudget { throw ExitStatusRequest(status: .no) }
    }

    private func subjects(
        _ platform: Platform, _ compression: LayerCompression
    ) throws -> (old: DiffSubject, new: DiffSubject) {
        (
            try DiffSubject(old, platform: platform, preferring: compression),
            try DiffSubject(new, platform: platform, preferring: compression)
        )
    }
}
