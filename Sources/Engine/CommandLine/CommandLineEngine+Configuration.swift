// SPDX-License-Identifier: Apache-2.0

import Foundation
import OCI

extension CommandLineEngine {
    /// Returns the execution settings of an image, as the engine reports them.
    ///
    /// - Throws: `EngineError` when the engine does not have the image.
    package func execution(of image: String) async throws -> ImageConfiguration.Execution {
        let answer = try await must(["image", "inspect", image])
        let list = try? JSONDecoder().decode([Inspected].self, from: Data(answer.standardOutput))
        guard let known = list?.first else {
            throw EngineError.engineFailed(kind, "it reported no configuration of the image")
        }
        var execution = known.config
        execution.healthcheck = execution.healthcheck ?? known.healthcheck
        return execution
    }

    /// Docker reports the health check inside `Config`, Podman beside it.
    private struct Inspected: Decodable {
        let config: ImageConfiguration.Execution
        let healthcheck: HealthCheck?

        enum CodingKeys: String, CodingKey {
            case config = "Config"
            case healthcheck = "Healthcheck"
        }
    }
}
