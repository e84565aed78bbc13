// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Assembly
import Build
import Core
import ImageDefinition
import OCI

/// `diff`: what changed between two locks or images, and what it costs those who pull.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Say what changed between two locks or images, and how many bytes a pull of it is.",
        discussion: """
            Each of the two is a lock file or an image in a layout (oci:DIR[:TAG]). Between two images the bytes are \
            exact: the blobs that only the new one has. Of an image that is there with gzip and with zstd, those with zstd \
            are counted, which `run` and `pull` take; what others pull stands beside them. For a lock they are known for layers that were built here \
            before, and estimated from the packages for the others; nothing is built or downloaded.

            EXAMPLES
              git show HEAD:versions.lock > old.lock
              opencode-docker diff old.lock versions.lock
              opencode-docker diff old.lock versions.lock --budget 20MB
              opencode-docker diff oci:monday oci:tuesday --format json
            """)

    @Argument(help: .init("What there was: a lock file, or oci:DIR[:TAG].", valueName: "old"))
    var old: String

    @Argument(help: .init("What there is now: a lock file, or oci:DIR[:TAG].", valueName: "new"))
    var new: String

    @OptionGroup(title: "Image") var image: ImageOptions

    @Option(
        help: .init(
            "Exit status 1 when a pull is more than that, such as 20MB or 5MiB. [environment: OPENCODE_DOCKER_BUDGET]",
            valueName: "size"))
    var budget: ByteBudget?

    @Option(help: "The form of the report. [environment: OPENCODE_DOCKER_FORMAT]")
    var format = ResultFormat.text

    func run() throws {
        let environment = CommandEnvironment.current
        let platform = try image.chosenPlatform(environment)
        let (before, after) = try subjects(platform, .zstd)
        let planner = try PullPlanner(image, platform, environment)
        // Only where there is a zstd image there can be a gzip one beside it; nothing is read twice otherwise.
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

extension PullPlanner {
    /// A planner for images of the definition that is there: what it leaves out decides the layers; without a
    /// definition nothing is left out.
    ///
    /// - Throws: `DefinitionError`, `FileError`.
    init(_ image: ImageOptions, _ platform: Platform, _ environment: CommandEnvironment) throws {
        let file = image.directory(environment).appending("image.yaml")
        let definition = Files.exists(file) ? try ImageDefinition.load(file) : nil
        let store = try Store(root: environment.storeDirectory)
        let filter = PathFilter(excludes: definition?.excludes ?? [], includes: definition?.includes ?? [])
        let last = BuildRecords(store: store).newest()
        self.init(
            builder: LayerBuilder(store: store, filter: filter, workers: 1),
            lastImage: last.map { PlacedImage(image: $0.image, root: store.root) }, architecture: platform.architecture)
    }
}
