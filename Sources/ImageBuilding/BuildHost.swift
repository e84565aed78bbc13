// SPDX-License-Identifier: Apache-2.0

import Assembly
import Build
import Context
import Core
import Engine
import Lockfile
import Transport

/// The machine that builds: its store, its sources of packages, its processors, its clock.
package struct BuildHost: Sendable {
    /// The store.
    package let store: Store
    /// The sources of packages.
    package let sources: PackageSources
    /// The number of layers that are built at once.
    package let workers: Int
    /// The environment of engines' programs.
    package let environment: [String: String]
    /// Nanoseconds since 1970 by the kernel's clock for file times, which ticks every few milliseconds.
    let clock: @Sendable () -> Int64
    /// Re-executes the program in a private namespace, unless that has happened; returns only inside one.
    let enterNamespace: @Sendable () throws -> Void

    /// Creates a host.
    ///
    /// - Parameters:
    ///   - environment: The environment of engines' programs.
    ///   - clock: Nanoseconds since 1970 by the kernel's clock for file times.
    ///   - enterNamespace: Re-executes the program in a private namespace, unless that has happened.
    package init(
        store: Store, sources: PackageSources, workers: Int, environment: [String: String],
        clock: @escaping @Sendable () -> Int64, enterNamespace: @escaping @Sendable () throws -> Void
    ) {
        self.store = store
        self.sources = sources
        self.workers = workers
        self.environment = environment
        self.clock = clock
        self.enterNamespace = enterNamespace
    }

    /// The same host with another store.
    package func with(_ store: Store) -> BuildHost {
        BuildHost(
            store: store, sources: sources, workers: workers, environment: environment, clock: clock,
            enterNamespace: enterNamespace)
    }

    /// A tracer of the configure step, which records which script writes which files.
    package func tracer() -> ConfigureTracer { ConfigureTracer(now: clock) }

    /// The stage that prepares a context.
    ///
    /// - Throws: `FileError` when the machine's apt sources cannot be read.
    package func contextPreparer(
        lock: VersionsLock, cache: any LayerCache = NoLayerCache()
    ) throws -> ContextPreparer {
        ContextPreparer(
            store: store, downloader: sources.downloader(into: store), mirrors: try sources.mirrors(of: lock),
            workers: workers, cache: cache)
    }
}
