// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Debian
import Engine
import ImageBuilding

/// The sources of packages.
struct DownloadOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            The address with 'debian' and 'debian-security' below it; the default are the Debian mirrors of the \
            machine's own apt, for any release. [environment: OPENCODE_DOCKER_MIRROR]
            """, valueName: "url"))
    var mirror: String?

    @Option(
        help: .init(
            """
            The service with snapshots of Debian's archives, which is used last, at the time of the lock. \
            [environment: OPENCODE_DOCKER_SNAPSHOT]
            """, valueName: "url"))
    var snapshot = ArchiveSource.snapshotService

    func validate() throws {
        for (option, address) in [("mirror", mirror), ("snapshot", snapshot)] {
            guard let address, address.wholeMatch(of: #/(?:https?|file):\/\/\S+/#) == nil else { continue }
            throw ValidationError(
                "'\(address.sanitized)' is not an address for --\(option): use http://, https:// or file://.")
        }
    }

    /// The sources of the options and the environment.
    func sources(_ environment: CommandEnvironment) -> PackageSources {
        PackageSources(
            mirror: mirror ?? environment.variable("OPENCODE_DOCKER_MIRROR"), snapshot: snapshot,
            transport: environment.transport)
    }

    /// This machine as a builder, with the store of the environment.
    ///
    /// - Throws: `FileError`.
    func host(_ environment: CommandEnvironment) throws -> BuildHost {
        BuildHost(
            store: try Store(root: environment.storeDirectory), sources: sources(environment),
            workers: environment.cores, environment: environment.variables, clock: CommandEnvironment.coarseClock
        ) { try PrivateNamespace.enter(environment) }
    }
}
