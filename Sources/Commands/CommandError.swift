// SPDX-License-Identifier: Apache-2.0

import Core
import Signing

/// An error in how the program was called.
package enum CommandError: Error, Hashable {
    /// An argument of `diff` is neither a lock file nor an image layout.
    case notComparable(String)
    /// An output of an unknown kind.
    case unknownOutput(String)
    /// A push of an image that an engine built.
    case pushOfEngine(String)
    /// A layer cache for an engine that does not support one.
    case cacheOfEngine(String)
    /// A name of one image where a repository for layers is needed.
    case taggedCache(String)
    /// A limit of the address space that is too low, in bytes.
    case addressSpace(UInt64)
    /// A tag that is the default name of another image.
    case reservedTag(String)
    /// A tag with a digest, which only the built image decides.
    case digestAsTag(String)
    /// The directory with the profiles is missing.
    case missingDefinition([String])
    /// Not `oci:DIR[:TAG]` with an image layout as the directory.
    case notALayout(String)
    /// A layout with several images, or none, and no tag; its tags.
    case ambiguousLayout(String, [String])
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
    /// The variable of a flag has a value that is neither on nor off.
    case flagValue(String, String)
}

extension CommandError: UserFacingError {
    package var sentence: String {
        switch self {
        case .notComparable(let text): "'\(text)' is neither a lock file nor an image layout."
        case .unknownOutput(let text): "'\(text)' is not an output: use 'oci:DIR' or 'docker-archive:FILE'."
        case .pushOfEngine(let engine): "Images built with '\(engine)' cannot be pushed from here."
        case .cacheOfEngine(let engine): "'\(engine)' builds its own layers and does not support --cache."
        case .taggedCache(let text): "'\(text)' names one image, but a cache needs a whole repository."
        case .addressSpace(let bytes):
            "The address space is limited to \(ByteSize(bytes)), and \(ByteSize(AddressSpaceLimit.needed)) are needed."
        case .reservedTag(let tag): "'\(tag)' is the default name of another image, which `run` would start no more."
        case .digestAsTag(let tag): "'\(tag)' has a digest, which a name for a new image cannot have."
        case .missingDefinition(let places): "There is no hardening.yaml at \(places.joined(separator: " or at "))."
        case .notALayout(let text): "'\(text)' is not an image layout."
        case .signingKey(let place, let error): "Cannot use the key '\(place)': \(error.continued)"
        case .keyExists(let file): "'\(file)' exists already, and nothing was written."
        case .noPassphrase: "No key was written: type the same passphrase twice, on a terminal."
        case .noTrustFile: "There is no trust file."
        case .flagValue(let variable, let value): "'\(value)' is no value of \(variable): write 1 or 0."
        case .noTerminalForConfirmation: "Nothing was changed: there is no terminal for a confirmation."
        case .ambiguousLayout(let directory, let tags): "The image layout '\(directory)' has \(Self.images(tags))."
        }
    }

    private static func images(_ tags: [String]) -> String {
        tags.isEmpty ? "no image with a name" : "\(tags.count) images: \(tags.prefix(10).joined(separator: ", "))"
    }

    package var hint: String? {
        switch self {
        case .notComparable:
            "Use a file like versions.lock, or oci:DIR[:TAG] (`opencode-docker pull --output oci:DIR`)."
        case .pushOfEngine(let engine):
            "Push it with `\(engine) push`, or build it with `--engine embedded`."
        case .taggedCache: "Omit the tag and the digest: each layer gets its own tag."
        case .cacheOfEngine: "Build it with `--engine embedded`, or omit --cache."
        case .addressSpace: "Raise the limit: `ulimit -v unlimited`, or start a new shell."
        case .reservedTag: "Choose another --tag: the image has its default name anyway."
        case .digestAsTag: "Omit '@' and what follows."
        case .missingDefinition: "Run `make install`, or set OPENCODE_DOCKER_IMAGE_DIR."
        case .signingKey(_, let error): error.hint
        case .keyExists: "Choose another --name; never delete a key that signed releases."
        case .noPassphrase: "Without a terminal, use --passphrase-file."
        case .noTrustFile:
            "Write ~/.config/opencode-docker/trust.json (docs/trust.md), or use --trust FILE."
        case .noTerminalForConfirmation: "Use --yes to confirm in advance."
        case .ambiguousLayout(let directory, _): "Name one of them: 'oci:\(directory):TAG'."
        case .notALayout: "Use 'oci:DIR' or 'oci:DIR:TAG' with a directory from `build --output oci:DIR`."
        case .unknownOutput, .flagValue: nil
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .keyExists, .noPassphrase, .noTrustFile, .flagValue: .usage
        case .signingKey(_, let error): error.exitStatus
        case .unknownOutput, .pushOfEngine, .cacheOfEngine, .taggedCache, .notALayout, .ambiguousLayout,
            .noTerminalForConfirmation, .notComparable, .reservedTag, .digestAsTag:
            .usage
        case .missingDefinition, .addressSpace: .broken
        }
    }
}

extension SigningError {
    /// The sentence for use after a colon.
    fileprivate var continued: String { sentence.prefix(1).lowercased() + sentence.dropFirst() }
}
