// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import ImageDefinition
import Lockfile
import OCI
import SystemPackage

/// Brings together what the page of a release shows.
struct ChangelogPage {
    private let folder: FilePath
    private let platform: Platform
    private let planner: PullPlanner

    /// - Throws: `OCIError` for a platform that is none, and what reading the definition throws.
    init(_ image: ImageOptions, _ surroundings: Surroundings) throws {
        folder = image.folder(surroundings)
        platform = try image.chosenPlatform(surroundings)
        planner = try PullPlanner(image, platform, surroundings)
    }

    /// The page of the way from `old` to `new`. Sizes are estimated for layers that were never built here.
    ///
    /// - Throws: What reading the definitions throws.
    func page(_ report: ChangeReport, from old: VersionsLock, to new: VersionsLock) throws -> ReleasePage {
        let pull = planner.estimate(from: .lock(old), to: .lock(new))
        let definition = try ImageDefinition.load(folder.appending("image.yaml"))
        let hardening = try HardeningDefinition.load(folder)
        return ReleasePage(
            title: "\(definition.name) \(definition.version)", date: new.snapshot, report: report,
            notes: ReleaseNotes(of: report), layers: layers(pull), pull: pull.sentence,
            claims: hardening.claims.map { .init(id: $0.id, title: $0.title, verdict: $0.proof.rawValue) },
            packages: new.architectures[platform.architecture] ?? [], platform: platform.description)
    }

    private func layers(_ pull: PullEstimate) -> [ReleasePage.Layer] {
        func layer(_ part: PullEstimate.Part, isFetched: Bool) -> ReleasePage.Layer {
            let text = "\(part.isExact ? "" : "~")\(QuantityText.bytes(part.bytes))"
            return ReleasePage.Layer(name: part.name, bytes: part.bytes, text: text, isFetched: isFetched)
        }
        return pull.kept.map { layer($0, isFetched: false) } + pull.parts.map { layer($0, isFetched: true) }
    }
}

extension PullEstimate {
    /// "12 MB of 210 MB, estimated"
    var sentence: String {
        "\(QuantityText.bytes(bytes)) of \(QuantityText.bytes(total))\(isExact ? "" : ", estimated")"
    }
}
