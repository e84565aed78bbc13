// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import ImageDefinition
import Lockfile
import OCI
import SystemPackage

/// Collects the contents of a release page.
struct ChangelogPage {
    private let directory: FilePath
    private let platform: Platform
    private let planner: PullPlanner

    /// - Throws: `OCIError` for an invalid platform, errors of reading the definition.
    init(_ image: ImageOptions, _ environment: CommandEnvironment) throws {
        directory = image.directory(environment)
        platform = try image.chosenPlatform(environment)
        planner = try PullPlanner(image, platform, environment)
    }

    /// The page of the changes from `old` to `new`. The sizes of layers that were never built here are estimated.
    ///
    /// - Throws: Errors of reading the definitions.
    func page(_ report: UpdateReport, from old: VersionsLock, to new: VersionsLock) throws -> ReleasePage {
        let pull = planner.estimate(from: .lock(old), to: .lock(new))
        let definition = try ImageDefinition.load(directory.appending("image.yaml"))
        let hardening = try HardeningDefinition.load(directory, probes: .any)
        return ReleasePage(
            title: "\(definition.name) \(definition.version)", date: new.snapshot, report: report,
            notes: ReleaseNotes(of: report), layers: layers(pull), pull: pull.sentence,
            claims: hardening.claims.map { .init(id: $0.id, title: $0.title, verdict: $0.proof.rawValue) },
            packages: new.architectures[platform.architecture] ?? [], platform: platform.description)
    }

    private func layers(_ pull: PullEstimate) -> [ReleasePage.Layer] {
        func layer(_ part: PullEstimate.Part, isFetched: Bool) -> ReleasePage.Layer {
            let text = "\(part.isExact ? "" : "~")\(ByteSize(part.bytes))"
            return ReleasePage.Layer(name: part.name, bytes: part.bytes, text: text, isFetched: isFetched)
        }
        return pull.kept.map { layer($0, isFetched: false) } + pull.parts.map { layer($0, isFetched: true) }
    }
}

extension PullEstimate {
    /// "12 MB of 210 MB, estimated"
    var sentence: String {
        "\(ByteSize(bytes)) of \(ByteSize(total))\(isExact ? "" : ", estimated")"
    }
}
