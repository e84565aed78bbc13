// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import ImageBuilding
import ImageDefinition
import OCI
import Run
import SystemPackage

/// The choice of the image.
struct ImageOptions: ParsableArguments {
    @Option(
        name: .customLong("image-dir"),
        help: .init(
            """
            The directory with image.yaml; default: 'image', else the installed one. [environment: \
            OPENCODE_DOCKER_IMAGE_DIR]
            """, valueName: "dir"), completion: .directory)
    var imageDirectory: String?

    @Option(
        help: .init(
            """
            The lock file; default: 'versions.lock' beside the definition, else here. [environment: \
            OPENCODE_DOCKER_LOCK]
            """, valueName: "file"), completion: .file())
    var lock: String?

    @Option(
        help: .init(
            """
            The image's platform: linux/amd64 or linux/arm64; `build` takes several, separated by commas. \
            [environment: OPENCODE_DOCKER_PLATFORM]
            """, valueName: "platform"))
    var platform: String?

    /// The directory `image/`.
    func directory(_ environment: CommandEnvironment) -> FilePath {
        FilePath(imageDirectory ?? environment.variable("OPENCODE_DOCKER_IMAGE_DIR") ?? "image")
    }

    /// The file `versions.lock`: that of the option, or else that beside the chosen definition, as for `run`, or else
    /// that of the current directory.
    func lockFile(_ environment: CommandEnvironment) -> FilePath {
        if let named = lock ?? environment.variable("OPENCODE_DOCKER_LOCK") { return FilePath(named) }
        let here: FilePath = "versions.lock"
        guard let directory = RealPath.of(directory(environment)) else { return here }
        let beside = directory.removingLastComponent().appending("versions.lock")
        if directory.removingLastComponent() == RealPath.of(".") { return here }
        return isDirectoryNamed(environment) && (Files.exists(beside) || !Files.exists(here)) ? beside : here
    }

    private func isDirectoryNamed(_ environment: CommandEnvironment) -> Bool {
        imageDirectory != nil || environment.variable("OPENCODE_DOCKER_IMAGE_DIR") != nil
    }

    /// The directory and the lock: those of the current directory, or the installed ones when no option names them and
    /// the current directory has neither.
    private func places(_ environment: CommandEnvironment) -> (directory: FilePath, lock: FilePath) {
        let (directory, lock) = (directory(environment), lockFile(environment))
        let isLockNamed = self.lock != nil || environment.variable("OPENCODE_DOCKER_LOCK") != nil
        guard !isDirectoryNamed(environment), !Files.exists(directory.appending("image.yaml")),
            isLockNamed || !Files.exists(lock),
            let installed = try? environment.installedDefinition(), Files.exists(installed.appending("image.yaml"))
        else { return (directory, lock) }
        return (installed, isLockNamed ? lock : installed.removingLastComponent().appending("versions.lock"))
    }

    /// The platform of the option, or this machine's.
    ///
    /// - Throws: `OCIError` for an invalid platform; `ImageBuildingError.severalPlatforms`.
    func chosenPlatform(_ environment: CommandEnvironment) throws -> Platform {
        let all = try chosenPlatforms(environment)
        guard all.count == 1, let only = all.first else { throw ImageBuildingError.severalPlatforms("This command") }
        return only
    }

    /// The platforms of the option without duplicates, or this machine's.
    ///
    /// - Throws: `OCIError` for an invalid platform.
    func chosenPlatforms(_ environment: CommandEnvironment) throws -> [Platform] {
        guard let text = platform ?? environment.variable("OPENCODE_DOCKER_PLATFORM") else { return [.machine] }
        let named = try text.split(separator: ",", omittingEmptySubsequences: false).map { try Platform($0) }
        var seen: Set<Platform> = []
        return named.filter { seen.insert($0).inserted }
    }
}

extension ImageOptions {
    /// Reads both files.
    ///
    /// - Parameter orInstalled: Whether the installed files are used when there are none here.
    /// - Throws: As `ImageInputs.init(directory:lockFile:)`.
    func inputs(_ environment: CommandEnvironment, orInstalled: Bool = true) throws -> ImageInputs {
        let (directory, lock) =
            orInstalled ? places(environment) : (directory(environment), lockFile(environment))
        var inputs = try ImageInputs(directory: directory, lockFile: lock)
        inputs.localName = LocalImageName(of: inputs.definition, in: directory, stock: environment.stockDefinition)
        return inputs
    }
}
