// SPDX-License-Identifier: Apache-2.0

import Core

/// An engine that cannot start a container on a project.
package enum LaunchError: Error, Hashable {
    /// An engine that cannot run the agent with the caller's UID.
    case cannotBeCaller(String)
    /// An engine that may not see this machine's directories, and its address.
    case projectElsewhere(String, String)
    /// A custom image, which the embedded engine does not know.
    case customImage(String)
}

extension LaunchError: UserFacingError {
    package var sentence: String {
        switch self {
        case .cannotBeCaller(let engine): "With \(engine), the agent could not write to your project."
        case .projectElsewhere(let engine, let address):
            "'\(engine)' is reached at '\(address)', where your project's directory may not be."
        case .customImage(let name):
            "The embedded engine starts only the images of this program's store, so it cannot start '\(name)' (--user-image)."
        }
    }

    package var hint: String? {
        switch self {
        case .cannotBeCaller: "Use `--engine podman`, Docker with its daemon as root, or run this as root."
        case .projectElsewhere: "Run it on that machine, or use another `--engine`."
        case .customImage: "Use `--engine docker` or `--engine podman`, whichever has the image."
        }
    }
}
