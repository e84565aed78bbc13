// SPDX-License-Identifier: Apache-2.0

import Foundation
import OCI

extension CommandLineEngine {
    /// How containers of an image are started, as the engine has it.
    ///
    /// - Throws: `EngineError` when it has no such image.
    package func execution(of image: String) async throws -> ImageConfiguration.Execution {
        let answer = try await must(["image", "inspect", image])
        let list = try? JSONDecoder().decode([Inspected].self, from: Data(answer.standardOutput))
        guard let known = list?.first else {
            throw EngineError.engineFailed(kind, "it does not tell how the image is started")
        }
        var execution = known.config
        execution.healthcheck = execution.healthcheck ?? known.healthcheck
        return execution
    }

    /// Docker has the health check among the settings, Podman beside them.
    private struct Inspected: Decodable {
        let config: ImageConfiguration.Execution
        let healthcheck: HealthCheck?

        enum CodingKeys: String, CodingKey {
            case config = "Config"
            case healthcheck = "Healthcheck"
        }
    }
}
