// SPDX-License-Identifier: Apache-2.0

import Core
import ImageBuilding
import OCI
import Release
import SystemPackage

/// The stage build for `release`.
struct ReleaseBuild: ReleaseBuilding {
    let settings: ReleaseSettings
    let host: BuildHost

    var kind: ImageKind { settings.kind }

    var choices: [String] {
        settings.platforms.map(\.description) + [settings.isBase ? "base" : "agent", settings.compression.text]
            + settings.artifacts
    }

    func build(_ directory: FilePath, progress: @escaping ProgressSink) async throws -> (images: [Image], store: Store)
    {
        let inputs = try ImageInputs(below: directory)
        var images: [Image] = []
        for platform in settings.platforms {
            for layers in settings.compression.kinds {
                let request = try inputs.contextRequest(
                    platform: platform, base: settings.isBase, artifacts: settings.artifacts, compression: layers)
                let pipeline = BuildPipeline(inputs: inputs, host: host, request: request)
                images.append(try await pipeline.run(progress: progress).image)
            }
        }
        return (images, host.store)
    }
}
