// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage

/// All inputs that determine the files of an image; no network is needed from here on. `context` writes it as a tar and
/// `build` turns it into an image.
package struct BuildContext: Sendable {
    /// The platform of the image.
    package let platform: Platform
    /// The package layers, lowest first.
    package let packageLayers: [CachedLayer]
    /// The plan for unpacking the packages.
    package let plan: UnpackPlan
    /// dpkg's database, the configure program and its parameters: mounted below the container of the configure step,
    /// and not part of any layer as they are.
    package let seed: Overlay
    /// Returns the seed for another plan.
    package let seedOfPlan: @Sendable (UnpackPlan) throws -> Overlay
    /// Fetches the packages that dpkg unpacks by a plan: only the configure step needs their .deb files.
    package let fetch: @Sendable (UnpackPlan) async throws -> Void
    /// The files of `image/rootfs`, unchanged.
    package let rootfs: Overlay
    /// The layers of the programs, the coding agent's last; empty for an image without them.
    package let programs: [CachedLayer]
    /// The image's configuration, without the digests of the layers.
    package let configuration: ImageConfiguration
    /// The time of the lock's snapshot, in seconds since 1970, which replaces the current time everywhere.
    package let epoch: Int64

    /// Creates a build context.
    package init(
        platform: Platform, packageLayers: [CachedLayer], plan: UnpackPlan, seed: Overlay, rootfs: Overlay,
        programs: [CachedLayer],
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
        self.programs = programs
        self.configuration = configuration
        self.epoch = epoch
    }

    /// The key of the result of the configure step.
    package var stateKey: Digest {
        let parts = ["state", AssemblyVersion.key, seed.key.hex] + packageLayers.map(\.key.hex)
        return Digest(of: parts.joined(separator: "\n").utf8)
    }
}
