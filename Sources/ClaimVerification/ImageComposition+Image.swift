// SPDX-License-Identifier: Apache-2.0

import OCI
import Verify

extension ImageComposition {
    /// The contents of `image`, requested as `name`.
    init(_ image: Image, name: String) {
        let configuration = image.configuration
        let told = configuration.history.filter { $0.emptyLayer != true }
        let layers = image.manifest.layers.enumerated().map { index, descriptor in
            let origin = index < told.count ? told[index] : History()
            return Layer(
                digest: descriptor.digest, size: descriptor.size, origin: origin.comment ?? origin.createdBy ?? "")
        }
        self.init(
            name: name, platform: image.platform.description, created: configuration.created ?? "", layers: layers,
            labels: configuration.config.labels)
    }
}
