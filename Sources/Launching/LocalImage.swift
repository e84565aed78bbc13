// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import Engine
import OCI
import SystemPackage

/// The image to start: of the store, or one that only an engine has.
package struct LocalImage: Sendable {
    /// The origin of an image.
    enum Origin: Sendable {
        /// The store, with the directories of the layers for the embedded engine.
        case store(BuiltImage)
        /// An engine, by name or ID.
        case engine(String, ImageConfiguration.Execution)
    }

    /// The origin.
    let origin: Origin
    /// Its name.
    package let tag: String
    let store: Store
    /// Whether the image is known to have no agent.
    var lacksAgent = false
    /// Whether the caller chose an image that this program did not build.
    var isCustom = false
    /// Whether a publisher's signature was verified.
    var isPublished = false
    /// A remark about the choice of the image.
    var note: String?
    /// A warning about the choice of the image.
    var warning: String?

    /// An image called `tag`.
    init(_ origin: Origin, tag: String, store: Store) {
        (self.origin, self.tag, self.store) = (origin, tag, store)
    }

    /// The directories of the layers, lowest first; empty for the other engines.
    var trees: [FilePath] { if case .store(let built) = origin { built.trees } else { [] } }

    /// The platform; `nil` when only the engine knows it.
    var platform: Platform? { if case .store(let built) = origin { built.image.platform } else { nil } }

    /// The image's own settings.
    var execution: ImageConfiguration.Execution {
        switch origin {
        case .store(let built): built.image.configuration.config
        case .engine(_, let execution): execution
        }
    }

    /// The image's identification for people: the digest of its manifest, or what the engine calls it.
    var identification: String {
        switch origin {
        case .store(let built): "\(built.image.descriptor.digest)"
        case .engine(let name, _): name
        }
    }
}
