// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Context
import Core
import SystemPackage
import Transport

/// Where packages come from.
struct DownloadOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            A Debian mirror, such as the one before /dists; without it, the machine's own apt sources, then \
            snapshot.debian.org. Everything is checked by digest. [environment: OPENCODE_DOCKER_MIRROR]
            """, valueName: "url"))
    var mirror: String?

    /// The stage that brings a context together.
    func contextPreparer(store: Store, surroundings: Surroundings) throws -> ContextPreparer {
        ContextPreparer(
            store: store, downloader: Downloader(store: store),
            mirrors: Mirrors(bases: ["debian": ["file:///tmp/lead/root/cache/archives"]]), workers: surroundings.cores)
    }
}
