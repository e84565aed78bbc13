// SPDX-License-Identifier: Apache-2.0

import Core
import Signing
import Transport

/// What is wrong with how the program was called.
package enum CommandError: Error, Hashable {
    /// There is no lock file.
    case missingLock(String)
    /// What `diff` is to compare is neither a lock file nor an image layout.
    case notComparable(String)
    /// The lock does not belong to the definition.
    case staleLock(String)
    /// The lock bears the definition's digest and does not have what the definition asks for.
    case incompleteLock(String, reason: String)
    /// The lock would come out differently.
    case lockWouldChange(String, [String])
    /// An output that is not of a known kind.
    case unknownOutput(String)
    /// No image of that name was built here.
    case unknownImage(String)
    /// An artifact that the image does not have, or that is not written NAME=FILE.
    case unknownArtifact(String)
    /// A profile that hardening.yaml does not have; those that it has.
    case unknownProfile(String, [String])
    /// A digest for the agent that is not written PLATFORM=HEX; the platforms that there are.
    case unknownAgentDigest(String, [String])
    /// The agent's new release cannot be downloaded, for these platforms among others.
    case unreachableAgent(TransportError, [String])
    /// Several platforms where there is place for one; who has it.
    case severalPlatforms(String)
    /// An image in a file, for an engine that has to have it loaded.
    case imageOfEngine(String, String)
    /// A form of output that an engine cannot give.
    case outputOfEngine(String, String)
    /// An engine's own image that is to be pushed.
    case pushOfEngine(String)
    /// Layers that an engine is to share.
    case cacheOfEngine(String)
    /// One image where a repository for layers is to be.
    case taggedCache(String)
    /// The program that looks around inside the container is not where it should be.
    case missingProbe([String])
    /// The directory with the profiles is not where it should be.
    case missingDefinition([String])
    /// The directory `image/` of a checkout is not where it is looked for.
    case missingImageDirectory(String)
    /// An engine that cannot give the agent the caller's number.
    case cannotBeCaller(String)
    /// An engine that may not see this machine's directories; its address.
    case projectElsewhere(String, String)
    /// Not `oci:DIR[:TAG]` with a directory that is an image layout.
    case notALayout(String)
    /// A layout with several images, or none, and no tag; its tags.
    case ambiguousLayout(String, [String])
    /// An image without dpkg's database, in the layout of that directory.
    case noPackageDatabase(String)
    /// A key would be written where there is one.
    case keyExists(String)
    /// A private key that cannot be used; the file or variable that holds it.
    case signingKey(String, SigningError)
    /// No passphrase was typed, or two different ones.
    case noPassphrase
    /// Something is to be verified, and nobody said by whose word.
    case noTrustFile
    /// Something is to be cleaned, and a process works with it.
    case storeInUse
    /// A question, and no terminal to ask it on.
    case nobodyToAsk
}

extension CommandError: UserFacingError {
    package var sentence: String {
        switch self {
        case .missingLock(let file): "There is no lock file '\(file)'."
        case .notComparable(let text): "'\(text)' is neither a lock file nor an image layout."
        case .staleLock(let file): "'\(file)' was not made from this image definition."
        case .incompleteLock(let file, let reason): "'\(file)' was changed after it was made: \(reason)."
        case .lockWouldChange(let file, let changes):
            "'\(file)' is not up to date: \(changes.prefix(5).joined(separator: ", "))\(changes.count > 5 ? ", …" : "")."
        case .unknownOutput(let text): "'\(text)' is not an output: 'oci:DIR' or 'docker-archive:FILE' is."
        case .unknownImage(let name): "There is no image '\(name)' among those built here."
        case .unknownArtifact(let text): "'\(text)' does not name an artifact: write it 'opencode=FILE'."
        case .unknownProfile(let name, let known):
            "image/hardening.yaml has no profile '\(name)'; it has \(known.joined(separator: " and "))."
        case .unknownAgentDigest(let text, let platforms):
            "'\(text)' is not a digest of the agent: write \(platforms.joined(separator: " or ")), '=' and 64 hex digits."
        case .unreachableAgent(let error, _): error.sentence
        case .severalPlatforms(let who): "\(who) takes one platform at a time."
        case .imageOfEngine(let image, let engine): "'\(engine)' judges images that it has, and '\(image)' is a file."
        case .outputOfEngine(let output, let engine): "'\(engine)' cannot write '\(output)'."
        case .pushOfEngine(let engine): "'\(engine)' keeps its image to itself: it is not pushed from here."
        case .cacheOfEngine(let engine): "'\(engine)' makes its own layers and shares none: it takes no --cache."
        case .taggedCache(let text): "'\(text)' is one image, and a cache is a whole repository."
        case .missingProbe(let places): "The probe program is not at \(places.joined(separator: " nor at "))."
        case .missingImageDirectory(let directory): "There is no image definition '\(directory)/image.yaml'."
        case .missingDefinition(let places): "hardening.yaml is not at \(places.joined(separator: " nor at "))."
        case .cannotBeCaller(let engine): "With \(engine), the agent could not write into your project."
        case .projectElsewhere(let engine, let address):
            "'\(engine)' is reached at '\(address)', where your project's directory may not be."
        case .notALayout(let text): "'\(text)' leads to no image layout."
        case .signingKey(let place, let error): "Cannot use the key '\(place)': \(error.continued)"
        case .keyExists(let file): "'\(file)' is there already, and nothing was written."
        case .noPassphrase: "No key was made: the same passphrase is needed twice, on a terminal."
        case .noTrustFile: "There is no trust file that says whose images are taken."
        case .storeInUse: "A container of an image here runs, or one is being verified: nothing was removed."
        case .nobodyToAsk: "Nothing was removed: there is no terminal to ask on."
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
            "Run `opencode-docker resolve`, and commit what it writes."
        case .notComparable:
            "Name a file like versions.lock, or oci:DIR[:TAG]; `opencode-docker pull` brings a registry's image into one."
        case .unknownImage: "Run `opencode-docker build` first, or `opencode-docker build --base`."
        case .missingProbe: "Run `make`, or name it with OPENCODE_DOCKER_PROBE."
        case .unreachableAgent(_, let platforms):
            "Try again where the release can be reached, or give its digests: "
                + platforms.map { "--agent-sha256 \($0)=HEX" }.joined(separator: " ") + "."
        case .imageOfEngine(_, let engine): "Load it (`\(engine) load`) and give its name, or leave `--engine` away."
        case .severalPlatforms:
            "Name one with `--platform`, or build an index of all with `--engine embedded --output oci:DIR`."
        case .outputOfEngine: "Write 'docker-archive:FILE', or build it with `--engine embedded`."
        case .pushOfEngine(let engine):
            "Push it with `\(engine) push`, or build it with `--engine embedded`."
        case .taggedCache: "Leave out what follows the name: each layer gets a tag of its own."
        case .cacheOfEngine: "Build it with `--engine embedded`, or leave --cache out."
        case .missingDefinition: "Run `make install`, or name it with OPENCODE_DOCKER_IMAGE_DIR."
        case .missingImageDirectory:
            "Start it in a checkout of opencode-docker, or name the directory with `--image-dir DIR`."
        case .cannotBeCaller: "Use `--engine podman`, Docker with its daemon as root, or run this as root."
        case .signingKey(_, let error): error.hint
        case .keyExists: "Choose another --name; a key that signed releases is never to be lost."
        case .noPassphrase: "Where there is no terminal, give it with --passphrase-file."
        case .noTrustFile:
            "Write opencode-docker/trust.json in your configuration (docs/trust.md), or name one with --trust."
        case .projectElsewhere: "Run it on that machine, or use another `--engine`."
        case .storeInUse: "Try it again when that has ended."
        case .nobodyToAsk: "Say --yes to remove without a question."
        case .ambiguousLayout(let directory, _): "Name one of them: 'oci:\(directory):TAG'."
        case .notALayout: "Write 'oci:DIR' or 'oci:DIR:TAG' with a directory that `build --output oci:DIR` made."
        case .unknownOutput, .unknownArtifact, .unknownProfile, .unknownAgentDigest, .noPackageDatabase: nil
        }
    }

    package var details: [String] {
        if case .unreachableAgent(let error, _) = self { error.details } else { [] }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .staleLock, .incompleteLock, .lockWouldChange: .no
        case .storeInUse: .tryAgain
        case .keyExists, .noPassphrase, .noTrustFile: .usage
        case .signingKey(_, let error): error.exitStatus
        case .unknownOutput, .unknownArtifact, .unknownProfile, .unknownAgentDigest, .severalPlatforms, .outputOfEngine,
            .pushOfEngine, .cacheOfEngine, .taggedCache, .imageOfEngine, .notALayout, .ambiguousLayout, .nobodyToAsk,
            .missingImageDirectory, .notComparable:
            .usage
        case .unreachableAgent(let error, _): error.exitStatus
        case .missingLock, .unknownImage, .missingProbe, .missingDefinition, .cannotBeCaller, .projectElsewhere,
            .noPackageDatabase:
            .broken
        }
    }
}

extension SigningError {
    /// The sentence behind a colon.
    fileprivate var continued: String { sentence.prefix(1).lowercased() + sentence.dropFirst() }
}
