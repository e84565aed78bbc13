// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import ImageDefinition
import Lockfile
import OCI
import SystemPackage

/// Collects the contents of a release page.
package struct ChangelogPage {
    private let directory: FilePath
    private let platform: Platform
    private let planner: PullPlanner

    /// A page about the image that is defined in `directory`.
    ///
    /// - Throws: Errors of reading the definition.
    package init(store: Store, directory: FilePath, platform: Platform) throws {
        (self.directory, self.platform) = (directory, platform)
        planner = try PullPlanner(store: store, directory: directory, platform: platform)
    }

    /// The page of the changes from `old` to `new`. The sizes of layers that were never built here are estimated.
    ///
    /// - Throws: Errors of reading the definitions.
    package func page(_ report: UpdateReport, from old: VersionsLock, to new: VersionsLock) throws -> ReleasePage {
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
