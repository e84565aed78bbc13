// SPDX-License-Identifier: Apache-2.0

import Core
import Transport

/// An error in the inputs of an image, or in the requested outputs.
package enum ImageBuildingError: Error, Hashable {
    /// The lock file does not exist.
    case missingLock(String)
    /// The directory `image/` of a checkout is missing.
    case missingImageDirectory(String)
    /// The lock was made from another definition.
    case staleLock(String)
    /// The lock has the definition's digest but does not satisfy the definition.
    case incompleteLock(String, reason: String)
    /// An unknown program, or not NAME=FILE, and the programs of the definition.
    case unknownArtifact(String, [String])
    /// A program that the definition does not have, and those it has; `--agent` has no name.
    case unknownProgram(String?, [String])
    /// A digest of a program that is not PLATFORM=HEX, and the known platforms.
    case unknownProgramDigest(String, [String])
    /// A program's new release cannot be downloaded, at least for these platforms.
    case unreachableRelease(TransportError, [String])
    /// Several platforms where only one is possible.
    case severalPlatforms(String)
    /// The disk of an output is full.
    case fullOutput(String)
    /// An output format that an engine does not support.
    case outputOfEngine(String, String)
}

extension ImageBuildingError: UserFacingError {
    package var sentence: String {
        switch self {
        case .missingLock(let file): "There is no lock file '\(file)'."
        case .missingImageDirectory(let directory): "There is no image definition '\(directory)/image.yaml'."
        case .staleLock(let file): "'\(file)' was not made from this image definition."
        case .incompleteLock(let file, let reason): "'\(file)' was changed after it was written: \(reason)."
        case .unknownArtifact(let text, let names):
            names.isEmpty
                ? "'\(text)' does not name a program: the definition has none."
                : "'\(text)' does not name a program: use \(names.map { "'\($0)=FILE'" }.joined(separator: " or "))."
        case .unknownProgram(nil, _): "The definition has no agent."
        case .unknownProgram(let name?, _): "The definition has no program '\(name)'."
        case .unknownProgramDigest(let text, let platforms):
            "'\(text)' is not a digest of a release: use \(platforms.joined(separator: " or ")), '=' and 64 hex digits."
        case .unreachableRelease(let error, _): error.sentence
        case .severalPlatforms(let who): "\(who) takes one platform at a time."
        case .fullOutput(let path): "The disk of '\(path)' is full."
        case .outputOfEngine(let output, let engine): "'\(engine)' cannot write '\(output)'."
        }
    }

    package var hint: String? {
        switch self {
        case .incompleteLock:
            "Restore it from version control (`git checkout`), or run `opencode-docker resolve` and commit the result."
        case .missingLock, .staleLock: "Run `opencode-docker resolve` and commit the result."
        case .missingImageDirectory:
            "Run it in a checkout of opencode-docker, or name the directory: `--image-dir DIR`, or OPENCODE_DOCKER_IMAGE_DIR."
        case .unreachableRelease(_, let platforms):
            "Check the network and try again, or pass its digests: "
                + platforms.map { "--agent-sha256 \($0)=HEX" }.joined(separator: " ") + "."
        case .severalPlatforms:
            "Name one with `--platform`, or build an index of all with `--engine embedded --output oci:DIR`."
        case .fullOutput: "Free some space there, or choose another path: the image is built and in the store."
        case .outputOfEngine: "Write 'docker-archive:FILE', or build it with `--engine embedded`."
        case .unknownProgram(_, let names):
            names.isEmpty ? "Add it to `programs` in image/image.yaml." : "It has \(names.joined(separator: ", "))."
        case .unknownArtifact, .unknownProgramDigest: nil
        }
    }

    package var details: [String] {
        if case .unreachableRelease(let error, _) = self { error.details } else { [] }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .staleLock, .incompleteLock: .no
        case .unknownArtifact, .unknownProgram, .unknownProgramDigest, .severalPlatforms, .outputOfEngine,
            .missingImageDirectory:
            .usage
        case .unreachableRelease(let error, _): error.exitStatus
        case .missingLock, .fullOutput: .broken
        }
    }
}
