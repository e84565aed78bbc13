// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import ImageDefinition
import Lockfile
import OCI
import Release
import SystemPackage

/// The stage build for `release`.
struct ReleaseBuild: ReleaseBuilding {
    let platforms: [Platform]
    let base: Bool
    let artifact: String?
    let compression: CompressionChoice
    let store: Store
    let environment: CommandEnvironment
    let downloads: DownloadOptions

    var kind: ImageKind { base ? .base : .full }

    var choices: [String] {
        platforms.map(\.description) + [base ? "base" : "agent", compression.text] + [artifact].compactMap(\.self)
    }

    func build(_ directory: FilePath, progress: @escaping ProgressSink) async throws -> (images: [Image], store: Store)
    {
        let inputs = try ImageInputs(below: directory)
        var images: [Image] = []
        for platform in platforms {
            for layers in compression.kinds {
                let request = try inputs.contextRequest(
                    platform: platform, base: base, artifact: artifact, compression: layers)
                let pipeline = BuildPipeline(
                    inputs: inputs, store: store, environment: environment, downloads: downloads, request: request)
                images.append(try await pipeline.run(progress: progress).image)
            }
        }
        return (images, store)
    }
}

extension ImageInputs {
    /// Reads the two files of a commit that was written below `directory`.
    ///
    /// - Throws: `CommandError.staleLock`, errors of parsing.
    init(below directory: FilePath) throws {
        let file = directory.appending(ProjectState.lockPath)
        let lock = try VersionsLock.load(file, named: ProjectState.lockPath)
        let image = directory.appending("image")
        try self.init(
            directory: image, definition: ImageDefinition.load(image.appending("image.yaml")), lock: lock,
            lockFile: ProjectState.lockPath)
    }
}
