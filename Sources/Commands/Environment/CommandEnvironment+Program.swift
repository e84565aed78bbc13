// SPDX-License-Identifier: Apache-2.0

import Core
import ImageBuilding
import Launching
import Lockfile
import Run
import SystemPackage

extension CommandEnvironment {
    /// The caller of a start.
    var caller: Caller { Caller(variables: variables, storeDirectory: storeDirectory) }

    /// The directory with `hardening.yaml`, never one in the project: the project must not weaken its own isolation.
    ///
    /// - Throws: `CommandError.missingDefinition`, `ImageBuildingError.missingImageDirectory`.
    func definitionDirectory(_ chosen: String?) throws -> FilePath {
        if let named = chosen ?? variable("OPENCODE_DOCKER_IMAGE_DIR") {
            guard Files.exists(FilePath(named).appending("image.yaml")) else {
                throw ImageBuildingError.missingImageDirectory(named)
            }
            return FilePath(named)
        }
        guard let found = stockDefinition else {
            throw CommandError.missingDefinition(try stockPlaces().map(\.string))
        }
        return found
    }

    /// The directory of the program's own definition; `nil` without one.
    var stockDefinition: FilePath? {
        try? stockPlaces().first { Files.exists($0.appending("hardening.yaml")) }
    }

    /// The digests of the lock of a definition, which is beside its directory, or in `OPENCODE_DOCKER_LOCK`; `nil`
    /// without one that can be read.
    ///
    /// - Parameter directory: The chosen directory of the definition.
    /// - Throws: `FileError` when the file of the variable cannot be read.
    func lockDigests(beside directory: String?) throws -> LockDigests? {
        let chosen = variable("OPENCODE_DOCKER_LOCK").map { FilePath($0) }
        let beside = (try? definitionDirectory(directory)).flatMap { RealPath.of($0) }
            .map { $0.removingLastComponent().appending("versions.lock") }
        guard let file = chosen ?? beside, let bytes = try Self.bytes(of: file, isNeeded: chosen != nil) else {
            return nil
        }
        return LockDigests(written: Digest(of: bytes)) {
            (try? VersionsLock.load(file)).map { Digest(of: $0.serialized()) }
        }
    }

    private static func bytes(of lock: FilePath, isNeeded: Bool) throws -> [UInt8]? {
        do { return try Files.read(lock, limit: VersionsLock.limit) } catch {
            guard isNeeded else { return nil }
            throw error
        }
    }

    private func stockPlaces() throws -> [FilePath] {
        let program = try programDirectory()
        // In a checkout the program is in .build/<triple>/release.
        let checkouts = RealPath.withAncestors(program).prefix(5).filter { Files.exists($0.appending("Package.swift")) }
        return [try installedDefinition()] + checkouts.map { $0.appending("image") }
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
    func probes() throws -> [FilePath] { try places(of: "opencode-docker-probe", chosen: "OPENCODE_DOCKER_PROBE") }

    /// The possible paths of the forwarder of `--network allow`, as those of the probe.
    ///
    /// - Throws: `FileError` without /proc.
    func forwarders() throws -> [FilePath] {
        try places(of: "opencode-docker-forwarder", chosen: "OPENCODE_DOCKER_FORWARDER")
    }

    private func places(of program: String, chosen name: String) throws -> [FilePath] {
        let directory = try programDirectory()
        let installed = directory.removingLastComponent().pushing("libexec/opencode-docker").appending(program)
        return [variable(name).map { FilePath($0) }, directory.appending(program), installed].compactMap(\.self)
    }

    private func programDirectory() throws -> FilePath {
        try Files.targetPath(of: "/proc/self/exe").removingLastComponent()
    }
}
