// SPDX-License-Identifier: Apache-2.0

import Core

/// An engine that cannot start a container on a project.
package enum LaunchError: Error, Hashable {
    /// An engine that cannot run the agent with the caller's UID.
    case cannotBeCaller(String)
    /// An engine that may not see this machine's directories, and its address.
    case projectElsewhere(String, String)
    /// An image of the definition's name in an engine that was built from another one: name, engine, directory.
    case otherImage(String, String, String)
    /// A custom image in an engine's storage, for the embedded engine, which has none.
    case customImage(String)
    /// An image that an engine does not have.
    case unknownImage(String, String)
    /// A custom image that does not start the program that changes to the caller's UID.
    case foreignImage(String, entrypoint: String)
    /// An installation without the forwarder of `--network allow`, with the places where it can be.
    case noForwarder([String])
    /// `--network allow` on a machine with SELinux in enforcing mode.
    case networkOfSELinux
}

extension LaunchError: UserFacingError {
    package var sentence: String {
        switch self {
        case .cannotBeCaller(let engine): "With \(engine), the agent could not write to your project."
        case .projectElsewhere(let engine, let address):
            "'\(engine)' is reached at '\(address)', where your project's directory may not be."
        case .otherImage(let name, let engine, let directory):
            "There is no image '\(name)' in the store, and that of \(engine) was built from another definition or lock than '\(directory)'."
        case .customImage(let name):
            "The embedded engine has no images of its own, so '\(name)' does not say where the image is (--user-image)."
        case .unknownImage(let name, let engine): "There is no image '\(name)' in \(engine)."
        case .foreignImage(let name, let entrypoint):
            "The image '\(name)' does not start '\(entrypoint)', so it was not built FROM an image of this program."
        case .noForwarder(let places):
            "'--network allow' needs the program opencode-docker-forwarder, which is at none of these places: \(places.joined(separator: ", "))."
        case .networkOfSELinux:
            "'--network allow' is not supported while SELinux is enforcing, which keeps the container from the proxy's socket."
        }
    }

    package var hint: String? {
        switch self {
        case .cannotBeCaller: "Use `--engine podman`, Docker with its daemon as root, or run this as root."
        case .projectElsewhere: "Run it on that machine, or use another `--engine`."
        case .otherImage(let name, _, _):
            "Run `opencode-docker build`, or start that image as it is with `--user-image \(name)`."
        case .customImage(let name):
            name.hasPrefix("/") || name.hasPrefix(".")
                ? "Write oci:\(name) for a directory, or docker-archive:\(name) for a file."
                : "Write docker-daemon:\(name), containers-storage:\(name), oci:DIR, docker-archive:FILE or oci-archive:FILE, or choose another `--engine`."
        case .unknownImage(_, let engine): "`\(engine) images` lists those that it has."
        case .noForwarder: "Install the program completely, with `make install` or its package."
        case .networkOfSELinux: "Use `--network none` or `--network full`."
        case .foreignImage: "Build it with `FROM`, and keep the entrypoint, or put your own in front of it."
        }
    }
}
