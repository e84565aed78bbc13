// SPDX-License-Identifier: Apache-2.0

import Core

/// A cache of finished layers that is shared between machines; layers are found by the digest of their inputs.
///
/// A failing or corrupt cache does not fail a build: it is reported as a warning, and the layer is built locally.
package protocol LayerCache: Sendable {
    /// Fetches the available layers of `wanted` into the store, as if they had been built locally.
    ///
    /// - Throws: `CancellationError` only.
    func fetch(_ wanted: [WantedLayer], into store: Store, progress: @escaping ProgressSink) async throws

    /// Pushes layers whose blobs are in the store, unless the cache already has them.
    ///
    /// - Throws: `CancellationError` only.
    func push(_ layers: [CachedLayer], from store: Store, progress: @escaping ProgressSink) async throws
}

/// The layer cache of builds that share nothing.
package struct NoLayerCache: LayerCache {
    /// Creates it.
    package init() {}

    /// Fetches nothing.
    package func fetch(_ wanted: [WantedLayer], into store: Store, progress: @escaping ProgressSink) async {}

    /// Pushes nothing.
    package func push(_ layers: [CachedLayer], from store: Store, progress: @escaping ProgressSink) async {}
}

/// A layer that is missing in the store: its key and the facts to verify a record by.
package struct WantedLayer: Hashable, Sendable {
    /// A display name.
    package let name: String
    /// The digest of all inputs of the layer.
    package let key: Digest
    /// The names of the packages in it.
    package let packages: [String]

    /// Creates a request; the layers of the configure step contain no packages.
    package init(name: String, key: Digest, packages: [String] = []) {
        self.name = name
        self.key = key
        self.packages = packages
    }
}
