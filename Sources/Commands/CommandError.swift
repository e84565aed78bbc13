// SPDX-License-Identifier: Apache-2.0

import Core
import Signing
import Transport

/// An error in how the program was called.
package enum CommandError: Error, Hashable {
    /// The lock file does not exist.
    case missingLock(String)
    /// An argument of `diff` is neither a lock file nor an image layout.
    case notComparable(String)
    /// The lock was made from another definition.
    case staleLock(String)
    /// The lock has the definition's digest but does not satisfy the definition.
    case incompleteLock(String, reason: String)
    /// Resolving would change the lock.
    case lockWouldChange(String, [String])
    /// An output of an unknown kind.
    case unknownOutput(String)
    /// An unknown artifact, or not NAME=FILE.
    case unknownArtifact(String)
    /// A digest of the agent that is not PLATFORM=HEX, and the known platforms.
    case unknownAgentDigest(String, [String])
    /// The agent's new release cannot be downloaded, at least for these platforms.
    case unreachableAgent(TransportError, [String])
    /// Several platforms where only one is possible.
    case severalPlatforms(String)
    /// An image in a file, for an engine that needs it loaded.
    case imageOfEngine(String, String)
    /// An output format that an engine does not support.
    case outputOfEngine(String, String)
    /// A push of an image that an engine built.
    case pushOfEngine(String)
    /// A layer cache for an engine that does not support one.
    case cacheOfEngine(String)
    /// A name of one image where a repository for layers is needed.
    case taggedCache(String)
    /// The probe program is missing.
    case missingProbe([String])
    /// The directory with the profiles is missing.
    case missingDefinition([String])
    /// The directory `image/` of a checkout is missing.
    case missingImageDirectory(String)
    /// Not `oci:DIR[:TAG]` with an image layout as the directory.
    case notALayout(String)
    /// A layout with several images, or none, and no tag; its tags.
    case ambiguousLayout(String, [String])
    /// An image without dpkg's database, in the layout of that directory.
    case noPackageDatabase(String)
    /// A key file exists already.
    case keyExists(String)
    /// A private key that cannot be used, and its file or variable.
    case signingKey(String, SigningError)
    /// No passphrase was typed, or two different ones.
    case noPassphrase
    /// A verification without a trust file.
    case noTrustFile
    /// A confirmation is needed, and there is no terminal.
    case noTerminalForConfirmation
}

extension CommandError: UserFacingError {
    package var sentence: String {
        switch self {
        case .missingLock(let file): "There is no lock file '\(file)'."
        case .notComparable(let text): "'\(text)' is neither a lock file nor an image layout."
        case .staleLock(let file): "'\(file)' was not made from this image definition."
        case .incompleteLock(let file, let reason): "'\(file)' was changed after it was written: \(reason)."
        case .lockWouldChange(let file, let changes):
            "'\(file)' is not up to date: \(changes.prefix(5).joined(separator: ", "))\(changes.count > 5 ? ", …" : "")."
        case .unknownOutput(let text): "'\(text)' is not an output: use 'oci:DIR' or 'docker-archive:FILE'."
        case .unknownArtifact(let text): "'\(text)' does not name an artifact: use 'opencode=FILE'."
        case .unknownAgentDigest(let text, let platforms):
            "'\(text)' is not a digest of the agent: use \(platforms.joined(separator: " or ")), '=' and 64 hex digits."
        case .unreachableAgent(let error, _): error.sentence
        case .severalPlatforms(let who): "\(who) takes one platform at a time."
        case .imageOfEngine(let image, let engine): "'\(engine)' verifies its own images, but '\(image)' is a file."
        case .outputOfEngine(let output, let engine): "'\(engine)' cannot write '\(output)'."
        case .pushOfEngine(let engine): "Images built with '\(engine)' cannot be pushed from here."
        case .cacheOfEngine(let engine): "'\(engine)' builds its own layers and does not support --cache."
        case .taggedCache(let text): "'\(text)' names one image, but a cache needs a whole repository."
        case .missingProbe(let places): "There is no probe program at \(places.joined(separator: " or at "))."
        case .missingImageDirectory(let directory): "There is no image definition '\(directory)/image.yaml'."
        case .missingDefinition(let places): "There is no hardening.yaml at \(places.joined(separator: " or at "))."
        case .notALayout(let text): "'\(text)' is not an image layout."
        case .signingKey(let place, let error): "Cannot use the key '\(place)': \(error.continued)"
        case .keyExists(let file): "'\(file)' exists already, and nothing was written."
        case .noPassphrase: "No key was written: type the same passphrase twice, on a terminal."
        case .noTrustFile: "There is no trust file."
        case .noTerminalForConfirmation: "Nothing was changed: there is no terminal for a confirmation."
        case .noPackageDatabase(let directory): "The image in '\(directory)' has no /var/lib/dpkg/status."
        case .ambiguousLayout(let directory, let tags): "The image layout '\(directory)' has \(Self.images(tags))."
        }
    }

    private static func images(_ tags: [String]) -> String {
        tags.isEmpty ? "no image with a name" : "\(tags.count) images: \(tags.prefix(10).joined(separator: ", "))"
    }

    package var hint: String? {
        switch self {
        case .missingLock, .staleLock, .incompleteLock, .lockWouldChange:
            "Run `opencode-docker resolve` and commit the result."
        case .notComparable:
            "Use a file like versions.lock, or oci:DIR[:TAG] (`opencode-docker pull --output oci:DIR`)."
        case .missingProbe: "Run `make`, or set OPENCODE_DOCKER_PROBE."
        case .unreachableAgent(_, let platforms):
            "Check the network and try again, or pass its digests: "
                + platforms.map { "--agent-sha256 \($0)=HEX" }.joined(separator: " ") + "."
        case .imageOfEngine(_, let engine): "Load it (`\(engine) load`) and pass its name, or omit `--engine`."
        case .severalPlatforms:
            "Name one with `--platform`, or build an index of all with `--engine embedded --output oci:DIR`."
        case .outputOfEngine: "Write 'docker-archive:FILE', or build it with `--engine embedded`."
        case .pushOfEngine(let engine):
            "Push it with `\(engine) push`, or build it with `--engine embedded`."
        case .taggedCache: "Omit the tag and the digest: each layer gets its own tag."
        case .cacheOfEngine: "Build it with `--engine embedded`, or omit --cache."
        case .missingDefinition: "Run `make install`, or set OPENCODE_DOCKER_IMAGE_DIR."
        case .missingImageDirectory:
            "Run it in a checkout of opencode-docker, or use `--image-dir DIR`."
        case .signingKey(_, let error): error.hint
        case .keyExists: "Choose another --name; never delete a key that signed releases."
        case .noPassphrase: "Without a terminal, use --passphrase-file."
        case .noTrustFile:
            "Write ~/.config/opencode-docker/trust.json (docs/trust.md), or use --trust FILE."
        case .noTerminalForConfirmation: "Use --yes to confirm in advance."
        case .ambiguousLayout(let directory, _): "Name one of them: 'oci:\(directory):TAG'."
        case .notALayout: "Use 'oci:DIR' or 'oci:DIR:TAG' with a directory from `build --output oci:DIR`."
        case .unknownOutput, .unknownArtifact, .unknownAgentDigest, .noPackageDatabase: nil
        }
    }

    package var details: [String] {
        if case .unreachableAgent(let error, _) = self { error.details } else { [] }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .staleLock, .incompleteLock, .lockWouldChange: .no
        case .keyExists, .noPassphrase, .noTrustFile: .usage
        case .signingKey(_, let error): error.exitStatus
        case .unknownOutput, .unknownArtifact, .unknownAgentDigest, .severalPlatforms, .outputOfEngine,
            .pushOfEngine, .cacheOfEngine, .taggedCache, .imageOfEngine, .notALayout, .ambiguousLayout,
            .noTerminalForConfirmation,
            .missingImageDirectory, .notComparable:
            .usage
        case .unreachableAgent(let error, _): error.exitStatus
        case .missingLock, .missingProbe, .missingDefinition,
            .noPackageDatabase:
            .broken
        }
    }
}

extension SigningError {
    /// The sentence for use after a colon.
    fileprivate var continued: String { sentence.prefix(1).lowercased() + sentence.dropFirst() }
}
