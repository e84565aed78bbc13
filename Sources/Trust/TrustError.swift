// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Signing
import SystemPackage

/// Why an image is not trusted, or cannot be signed. Messages contain text from a registry only if it was parsed as a
/// version, a digest or a tag.
package enum TrustError: Error, Hashable {
    /// An invalid trust file; the reason is a clause.
    case trustFile(FilePath, reason: String)
    /// A repository that the trust file does not name.
    case unknownRepository(String)
    /// A reference without a tag and without a digest.
    case noTag(String)
    /// No image of that name.
    case noImage(String)
    /// A manifest that is invalid or does not match its digest.
    case wrongManifest(Digest)
    /// The index has no image for that platform.
    case noPlatform(Platform, String)
    /// No valid signature; what was found instead.
    case notSigned(String, Rejection)
    /// The signed version differs from the tag.
    case otherVersion(String, signed: SemanticVersion)
    /// Older than a version that was verified on this machine.
    case downgrade(String, SemanticVersion, seen: SemanticVersion)
    /// Older than the trust file or this program allows.
    case tooOld(String, SemanticVersion, floor: SemanticVersion)
    /// The provenance does not name the builder or the source of the trust file.
    case otherBuild(String, BuildDemand)
    /// There is no recent heartbeat.
    case notFresh(String, Freshness)
    /// Nothing to verify offline: the image was never verified on this machine.
    case noEvidence(String)
    /// A verification record that cannot be parsed.
    case damagedRecord(FilePath)
    /// Nothing to sign: no tag, or no image.
    case nothingToSign
    /// A statement about another content than the signed images.
    case strayStatement(String)
}

/// Why the existing signatures are not valid, the most specific reason first.
package enum Rejection: Hashable, Sendable, Comparable {
    /// By an expired key.
    case expiredKey(Digest, Timestamp)
    /// By a trusted key, for this name, but without a version.
    case noVersion
    /// By a trusted key, for another name or tag.
    case otherName
    /// By a trusted key, for another content.
    case otherContent
    /// By untrusted keys, or over other bytes.
    case foreignKey
    /// There is no signature.
    case none

    private var rank: Int {
        switch self {
        case .noVersion: 0
        case .expiredKey: 1
        case .otherName: 2
        case .otherContent: 3
        case .foreignKey: 4
        case .none: 5
        }
    }

    package static func < (left: Rejection, right: Rejection) -> Bool { left.rank < right.rank }

    fileprivate var clause: String {
        switch self {
        case .expiredKey(let key, let date): "it is signed by the key \(key.hex.prefix(12)), trusted until \(date) only"
        case .noVersion: "its signature names no version"
        case .otherName: "its signatures are for other names"
        case .otherContent: "its signatures are for other digests"
        case .foreignKey: "none of its signatures is by a trusted key"
        case .none: "it has no signature"
        }
    }
}

extension TrustError: UserFacingError {
    package var sentence: String {
        switch self {
        case .trustFile(let path, let reason): "The trust file '\(path)' is invalid: \(reason)."
        case .unknownRepository(let name): "The trust file does not list '\(name)'."
        case .noTag(let name): "'\(name)' has neither a tag nor a digest."
        case .noImage(let name): "There is no image '\(name)'."
        case .wrongManifest(let digest): "The registry's manifest \(digest) is invalid or does not match its digest."
        case .noPlatform(let platform, let name): "The image '\(name)' has no manifest for \(platform)."
        case .notSigned(let name, let rejection): "The image '\(name)' is refused: \(rejection.clause)."
        case .otherVersion(let name, let signed): "'\(name)' is signed as version \(signed)."
        case .downgrade(let name, let version, let seen):
            "'\(name)' is version \(version), but \(seen) was verified on this machine before."
        case .tooOld(let name, let version, let floor):
            "'\(name)' is version \(version); the oldest allowed is \(floor)."
        case .otherBuild(let name, let demand): "'\(name)' is refused: \(demand.clause)."
        case .notFresh(let name, let freshness): "'\(name)' is refused: \(freshness.clause)."
        case .noEvidence(let name):
            "'\(name)' was never verified on this machine, so it cannot be used without its registry."
        case .damagedRecord(let path): "The verification record '\(path)' is corrupt."
        case .nothingToSign: "There is nothing to sign: an image and a tag are required."
        case .strayStatement(let type):
            "A statement of type '\(type)' is about another image than those that are signed."
        }
    }

    package var hint: String? {
        switch self {
        case .trustFile: "See docs/trust.md for its format."
        case .unknownRepository: "Add it with the publisher's public key, obtained elsewhere than from the registry."
        case .noTag: "Write it as registry/path:tag."
        case .noImage, .noPlatform: "Check the spelling of the name, or choose another version."
        case .wrongManifest, .notSigned, .otherVersion:
            "Do not use it; check that the trust file has the publisher's current key, and ask the publisher."
        case .otherBuild:
            "Do not use it, unless its publisher confirms a new builder or source; then fix the trust file."
        case .downgrade: "The tag may have been moved back to an old version; --allow-downgrade accepts it."
        case .tooOld: "Use a newer version."
        case .notFresh: "Try later, or run it without --require-fresh."
        case .noEvidence: "Run it once while the registry can be reached."
        case .damagedRecord: "Remove it, if the cause is known: this also forgets the highest version seen."
        case .nothingToSign, .strayStatement: nil
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .trustFile, .unknownRepository, .noTag, .nothingToSign: .usage
        case .notSigned, .otherVersion, .downgrade, .tooOld, .otherBuild, .notFresh: .no
        default: .broken
        }
    }
}
