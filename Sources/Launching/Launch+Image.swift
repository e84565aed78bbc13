// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import ImageDefinition
import SystemPackage

extension Launch {
    /// The custom image that the caller named, or else the image of the definition.
    ///
    /// - Throws: As `UserImage.local` and `ImageSearch.image`; errors of the definition.
    func localImage() async throws -> LocalImage {
        let directory = request.hardening.directory
        let definition = try ImageDefinition.load(directory.appending("image.yaml"))
        let store = try Store(root: caller.storeDirectory)
        guard let custom = request.image.custom else {
            return try await ImageSearch(request.image, of: definition, in: directory, store: store)
                .image(in: engine.kind.dialect, environment: caller.variables)
        }
        let (console, program) = (console, definition.entrypoint.last ?? "")
        return try await UserImage(
            custom, platform: request.image.platform, store: store, environment: caller.variables
        ).local(for: engine.kind, entrypoint: program) { console.say($0) }
    }
}
