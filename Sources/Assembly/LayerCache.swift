// SPDX-License-Identifier: Apache-2.0

import Core

/// Finished layers that several machines share, each found by the digest of everything that decides it.
///
/// A cache that fails or lies breaks no build: it says so as a warning, and the layer is made here.
package protocol LayerCache: Sendable {
    /// Brings those of `wanted` that are there into the store, as if they had been made here.
    ///
    /// - Throws: `CancellationError` alone.
    func fetch(_ wanted: [WantedLayer], into store: Store, progress: @escaping ProgressSink) async throws

    /// Gives layers whose blobs are in the store to the others, those that are not there yet.
    ///
    /// - Throws: `CancellationError` alone.
    func push(_ layers: [CachedLayer], from store: Store, progress: @escaping ProgressSink) async throws
}

/// What builds that share nothing have.
package struct NoLayerCache: LayerCache {
    /// Nothing.
    package init() {}

    /// Brings nothing.
    package func fetch(_ wanted: [WantedLayer], into store: Store, progress: @escaping ProgressSink) async {}

    /// Keeps nothing.
    package func push(_ layers: [CachedLayer], from store: Store, progress: @escaping ProgressSink) async {}
}

/// A layer that is not here, by what it is found with and known again.
package struct WantedLayer: Hashable, Sendable {
    /// A name for people.
    package let name: String
    /// The digest of everything that decides it.
    package let key: Digest
    /// The names of the packages in it.
    package let packages: [String]

    /// Puts a wish together; the configure step's layers hold no packages.
    package init(name: String, key: Digest, packages: [String] = []) {
        self.name = name
        self.key = key
        self.packages = packages
    }
}
