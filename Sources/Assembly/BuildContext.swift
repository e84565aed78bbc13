// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage

/// Everything that decides the files of an image, without network from here on: what `context` writes as a tar and
/// `build` turns into an image.
package struct BuildContext: Sendable {
    /// For which machine.
    package let platform: Platform
    /// The package layers, lowest first.
    package let packageLayers: [CachedLayer]
    /// How the packages' files come into the image.
    package let plan: UnpackPlan
    /// dpkg's database, the configure program and its parameters: below the container of the configure step, and in
    /// no layer of the image as they are.
    package let seed: Overlay
    /// The same for another plan.
    package let seedOfPlan: @Sendable (UnpackPlan) throws -> Overlay
    /// Fetches the packages that dpkg unpacks by a plan: its seed has them, and only the configure step needs them.
    package let fetch: @Sendable (UnpackPlan) async throws -> Void
    /// `image/rootfs`, copied as it is.
    package let rootfs: Overlay
    /// The agent; `nil` for the image without one.
    package let agent: Overlay?
    /// The image's configuration but for the digests of the layers.
    package let configuration: ImageConfiguration
    /// Seconds since 1970 that stand for "now" everywhere: the lock's snapshot.
    package let epoch: Int64

    /// Puts the parts together.
    package init(
        platform: Platform, packageLayers: [CachedLayer], plan: UnpackPlan, seed: Overlay, rootfs: Overlay,
        agent: Overlay?,
        configuration: ImageConfiguration, epoch: Int64,
        seedOfPlan: @escaping @Sendable (UnpackPlan) throws -> Overlay,
        fetch: @escaping @Sendable (UnpackPlan) async throws -> Void
    ) {
        self.platform = platform
        self.packageLayers = packageLayers
        self.plan = plan
        self.seed = seed
        self.seedOfPlan = seedOfPlan
        self.fetch = fetch
        self.rootfs = rootfs
        self.agent = agent
        self.configuration = configuration
        self.epoch = epoch
    }

    /// The key of everything below the configure step's result.
    package var stateKey: Digest {
        let parts = ["state", AssemblyVersion.key, seed.key.hex] + packageLayers.map(\.key.hex)
        return Digest(of: parts.joined(separator: "\n").utf8)
    }
}
