// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Signing
import SystemPackage

/// Why an image is not believed, or cannot be signed. Words of a registry stand in none of these but where they were
/// found to be a version, a digest or a tag.
package enum TrustError: Error, Hashable {
    /// A trust file that cannot be used; the reason is a clause.
    case trustFile(FilePath, reason: String)
    /// A repository that the trust file does not name.
    case unknownRepository(String)
    /// A reference without a tag and without a digest.
    case noTag(String)
    /// No image of that name.
    case noImage(String)
    /// The bytes of a manifest are not those of its digest, or no manifest.
    case wrongManifest(Digest)
    /// The index has no image for that platform.
    case noPlatform(Platform, String)
    /// No signature that counts; what was found instead.
    case notSigned(String, Rejection)
    /// The tag is one version, the signature another.
    case otherVersion(String, signed: SemanticVersion)
    /// Older than what was verified here before.
    case downgrade(String, SemanticVersion, seen: SemanticVersion)
    /// Older than the trust file or this program allows.
    case tooOld(String, SemanticVersion, floor: SemanticVersion)
    /// Built by somebody, or from something, that the trust file does not name, or nobody says by whom.
    case otherBuild(String, BuildDemand)
    /// Nobody says that the image is still the right one.
    case notFresh(String, Freshness)
    /// There is nothing to verify offline: the image was never verified here.
    case noEvidence(String)
    /// A record of what was verified that cannot be read.
    case damagedRecord(FilePath)
    /// Nothing to sign: no tag, or no image.
    case nothingToSign
    /// A statement about another content than the images that are signed.
    case strayStatement(String)
}

/// Why the signatures that were found do not count, the most telling first.
package enum Rejection: Hashable, Sendable, Comparable {
    /// By a key whose time is over.
    case expiredKey(Digest, Timestamp)
    /// By a key we trust, for this name, but it does not say for which version.
    case noVersion
    /// By a key we trust, for another name or tag.
    case otherName
    /// By a key we trust, for another content.
    case otherContent
    /// By keys nobody trusts here, or not over these bytes.
    case foreignKey
    /// There was none.
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
        case .noVersion: "its signature does not say which version it is"
        case .otherName: "its signatures are for other names"
        case .otherContent: "its signatures are for other contents"
        case .foreignKey: "its signatures are not by a key that is trusted here"
        case .none: "it has no signature"
        }
    }
}

extension TrustError: UserFacingError {
    package var sentence: String {
        switch self {
        case .trustFile(let path, let reason): "The trust file '\(path)' cannot be used: \(reason)."
        case .unknownRepository(let name): "The trust file says nothing of '\(name)'."
        case .noTag(let name): "'\(name)' names no version: neither a tag nor a digest."
        case .noImage(let name): "There is no image '\(name)'."
        case .wrongManifest(let digest): "The registry answered \(digest) with bytes that are not this manifest."
        case .noPlatform(let platform, let name): "The image '\(name)' is not there for \(platform)."
        case .notSigned(let name, let rejection): "The image '\(name)' is not used: \(rejection.clause)."
        case .otherVersion(let name, let signed): "'\(name)' is signed as version \(signed)."
        case .downgrade(let name, let version, let seen):
            "'\(name)' is version \(version), but \(seen) was verified here before."
        case .tooOld(let name, let version, let floor):
            "'\(name)' is version \(version); the oldest allowed is \(floor)."
        case .otherBuild(let name, let demand): "'\(name)' is not used: \(demand.clause)."
        case .notFresh(let name, let freshness): "'\(name)' is not used: \(freshness.clause)."
        case .noEvidence(let name): "'\(name)' was never verified here, so it cannot be used without its registry."
        case .damagedRecord(let path): "The record '\(path)' of what was verified cannot be read."
        case .nothingToSign: "There is nothing to sign: an image and a tag are needed."
        case .strayStatement(let type):
            "A statement of type '\(type)' is about another image than those that are signed."
        }
    }

    package var hint: String? {
        switch self {
        case .trustFile: "docs/trust.md shows what it looks like."
        case .unknownRepository: "Add it with the publisher's public key, got from somewhere else than the registry."
        case .noTag: "Write it as registry/path:tag."
        case .noImage, .noPlatform: "Look for the name's spelling, or choose another version."
        case .wrongManifest, .notSigned, .otherVersion:
            "Do not use it; ask its publisher, and look whether the trust file has the publisher's present key."
        case .otherBuild:
            "Do not use it, unless its publisher says that it is built elsewhere now; then mend the trust file."
        case .downgrade: "Somebody may have put an old version back; --allow-downgrade takes it all the same."
        case .tooOld: "Use a newer version."
        case .notFresh: "Try later, or leave --require-fresh away and run it as it is."
        case .noEvidence: "Run it once where the registry can be reached."
        case .damagedRecord: "Remove it, if you know why it is damaged: the highest version seen is forgotten with it."
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
