// SPDX-License-Identifier: Apache-2.0

import Core
import Launching
import Run
import SystemPackage

extension CommandEnvironment {
    /// The caller of a start.
    var caller: Caller { Caller(variables: variables, storeDirectory: storeDirectory) }

    /// The directory with `hardening.yaml`, never one in the project: the project must not weaken its own isolation.
    ///
    /// - Throws: `CommandError.missingDefinition`.
    func definitionDirectory(_ chosen: String?) throws -> FilePath {
        if let named = chosen ?? variable("OPENCODE_DOCKER_IMAGE_DIR") { return FilePath(named) }
        let program = try programDirectory()
        let installed = try installedDefinition()
        // In a checkout the program is in .build/<triple>/release.
        let checkouts = RealPath.withAncestors(program).prefix(5).filter { Files.exists($0.appending("Package.swift")) }
        let places = [installed] + checkouts.map { $0.appending("image") }
        guard let found = places.first(where: { Files.exists($0.appending("hardening.yaml")) }) else {
            throw CommandError.missingDefinition(places.map(\.string))
        }
        return found
    }

    /// The directory of the image definition after `make install`; it may not exist.
    ///
    /// - Throws: `FileError` without /proc.
    func installedDefinition() throws -> FilePath {
        try programDirectory().removingLastComponent().pushing("share/opencode-docker/image")
    }

    /// The possible paths of the probe: from the environment, beside this program, installed with it.
    ///
    /// - Throws: `FileError` without /proc.
    func probes() throws -> [FilePath] {
        let directory = try programDirectory()
        let installed = directory.removingLastComponent().pushing("libexec/opencode-docker/opencode-docker-probe")
        return [
            variable("OPENCODE_DOCKER_PROBE").map { FilePath($0) }, directory.appending("opencode-docker-probe"),
            installed,
        ].compactMap(\.self)
    }

    private func programDirectory() throws -> FilePath {
        try Files.targetPath(of: "/proc/self/exe").removingLastComponent()
    }
}
