// SPDX-License-Identifier: Apache-2.0

import Core
import ImageBuilding
import ImageDefinition
import Lockfile
import Release
import SystemPackage

extension ImageInputs {
    /// Reads the two files of a commit that was written below `directory`.
    ///
    /// - Throws: `ImageBuildingError.staleLock`, errors of parsing.
    init(below directory: FilePath) throws {
        let file = directory.appending(ProjectState.lockPath)
        let lock = try VersionsLock.load(file, named: ProjectState.lockPath)
        let image = directory.appending("image")
        try self.init(
            directory: image, definition: ImageDefinition.load(image.appending("image.yaml")), lock: lock,
            lockFile: ProjectState.lockPath)
    }
}
