// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import ImageDefinition
import Lockfile
import OCI
import SystemPackage

/// Which image is meant.
struct ImageOptions: ParsableArguments {
    @Option(
        name: .customLong("image-dir"),
        help: .init(
            """
            The folder with image.yaml: here 'image', else the one that was installed. \
            [environment: OPENCODE_DOCKER_IMAGE_DIR]
            """, valueName: "dir"))
    var imageFolder: String?

    @Option(help: .init("The lock file. [environment: OPENCODE_DOCKER_LOCK]", valueName: "file"))
    var lock: String?

    @Option(
        help: .init(
            """
            The machine it is for: linux/amd64 or linux/arm64; `build` takes several, separated by commas. \
            [environment: OPENCODE_DOCKER_PLATFORM]
            """, valueName: "platform"))
    var platform: String?

    /// The folder `image/`.
    func folder(_ surroundings: Surroundings) -> FilePath {
        FilePath(imageFolder ?? surroundings.variable("OPENCODE_DOCKER_IMAGE_DIR") ?? "image")
    }

    /// The file `versions.lock`.
    func lockFile(_ surroundings: Surroundings) -> FilePath {
        FilePath(lock ?? surroundings.variable("OPENCODE_DOCKER_LOCK") ?? "versions.lock")
    }

    /// The folder and the lock: those of this directory, or those that were installed where nothing was asked for and this
    /// directory has neither.
    fileprivate func places(_ surroundings: Surroundings) -> (folder: FilePath, lock: FilePath) {
        let (folder, lock) = (folder(surroundings), lockFile(surroundings))
        let isNamed =
            imageFolder != nil || self.lock != nil
            || ["OPENCODE_DOCKER_IMAGE_DIR", "OPENCODE_DOCKER_LOCK"].contains { surroundings.variable($0) != nil }
        guard !isNamed, !Files.exists(folder.appending("image.yaml")), !Files.exists(lock),
            let installed = try? surroundings.installedDefinition(), Files.exists(installed.appending("image.yaml"))
        else { return (folder, lock) }
        return (installed, installed.removingLastComponent().appending("versions.lock"))
    }

    /// The platform that was asked for, or this machine's.
    ///
    /// - Throws: `OCIError` when it is none; `CommandError.severalPlatforms`.
    func chosenPlatform(_ surroundings: Surroundings) throws -> Platform {
        let all = try chosenPlatforms(surroundings)
        guard all.count == 1, let only = all.first else { throw CommandError.severalPlatforms("This command") }
        return only
    }

    /// The platforms that were asked for, each once, or this machine's.
    ///
    /// - Throws: `OCIError` when one of them is none.
    func chosenPlatforms(_ surroundings: Surroundings) throws -> [Platform] {
        guard let text = platform ?? surroundings.variable("OPENCODE_DOCKER_PLATFORM") else { return [.machine] }
        let named = try text.split(separator: ",", omittingEmptySubsequences: false).map { try Platform($0) }
        var seen: Set<Platform> = []
        return named.filter { seen.insert($0).inserted }
    }
}

/// The two files that decide an image, read and found to fit each other.
struct ImageInputs {
    let folder: FilePath
    let definition: ImageDefinition
    let lock: VersionsLock

    /// Reads both files.
    ///
    /// - Parameter orInstalled: Whether those that were installed will do where there are none here.
    /// - Throws: `CommandError.missingImageFolder`, `.missingLock`; `.staleLock` when the lock was made from another
    ///   definition, `.incompleteLock` when it was changed by hand; what parsing throws.
    init(_ options: ImageOptions, _ surroundings: Surroundings, orInstalled: Bool = true) throws {
        let (folder, file) =
            orInstalled
            ? options.places(surroundings) : (options.folder(surroundings), options.lockFile(surroundings))
        guard Files.exists(folder.appending("image.yaml")) else {
            throw CommandError.missingImageFolder(folder.string)
        }
        let definition = try ImageDefinition.load(folder.appending("image.yaml"))
        guard Files.exists(file) else { throw CommandError.missingLock(file.string) }
        let lock = try VersionsLock(parsing: Files.read(file, limit: 1 << 24), file: file.string)
        try self.init(folder: folder, definition: definition, lock: lock, lockFile: file.string)
    }

    /// The two files, read already.
    ///
    /// - Parameter lockFile: What the lock is called in errors.
    /// - Throws: `CommandError.staleLock`, `.incompleteLock`.
    init(folder: FilePath, definition: ImageDefinition, lock: VersionsLock, lockFile: String) throws {
        guard lock.inputs == definition.inputsDigest else { throw CommandError.staleLock(lockFile) }
        if let reason = lock.lack(of: definition) { throw CommandError.incompleteLock(lockFile, reason: reason) }
        self.folder = folder
        self.definition = definition
        self.lock = lock
    }

    /// The name and tag that the image gets by default.
    func tag(base: Bool) -> String { "\(definition.name):\(definition.version)\(base ? "-base" : "")" }
}
