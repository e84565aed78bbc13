// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// Sample images.
enum Samples {
    static let created = "2025-01-31T12:00:00Z"

    static func configuration(_ platform: Platform = .amd64) -> ImageConfiguration {
        ImageConfiguration(
            created: created, platform: platform,
            config: .init(
                user: "dev", env: ["PATH=/usr/bin:/bin", "LANG=C.UTF-8"], entrypoint: ["/bin/entry"], cmd: ["sh"],
                workingDir: "/workspace", labels: ["b": "2", "a": "1"], stopSignal: "SIGTERM",
                exposedPorts: ["80/tcp"], volumes: ["/data"],
                healthcheck: HealthCheck(test: ["CMD", "true"], interval: 30_000_000_000, retries: 3)),
            history: [History(created: created, createdBy: "test"), History(comment: "none", emptyLayer: true)])
    }

    /// A layer whose tar is two empty records: the smallest valid one.
    static func layer(_ store: Store, filler: UInt8 = 0, _ compression: LayerCompression = .gzip) throws -> Layer {
        let writer = try LayerWriter(store: store, compression: compression)
        try [UInt8](repeating: filler, count: 1024).withUnsafeBytes { try writer.write($0) }
        return try writer.commit()
    }

    static func image(
        _ store: Store, _ platform: Platform = .amd64, filler: UInt8 = 0, _ compression: LayerCompression = .gzip
    ) throws -> Image {
        try Image.compose(
            layers: [try layer(store, filler: filler, compression)], configuration: configuration(platform),
            annotations: ["org.opencontainers.image.title": "sample"], into: store)
    }
}
