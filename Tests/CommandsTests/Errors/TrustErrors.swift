// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Signing
import Transport
import Trust

let registryErrors: [Reviewed] = [
    Reviewed(RegistryError.noRegistry("image"), .usage),
    Reviewed(RegistryError.unreachable("r.example", .untrusted("self-signed"))),
    Reviewed(RegistryError.unreachable("r.example", .interrupted("wrong version number")), .tryAgain),
    Reviewed(RegistryError.unreachable("r.example", .stalled), .tryAgain),
    Reviewed(RegistryError.unreachable("r.example", .unreachable("Could not resolve host")), .tryAgain),
    Reviewed(RegistryError.busy("r.example", .zero), .tryAgain),
    Reviewed(RegistryError.busy("r.example", .seconds(900)), .tryAgain),
    Reviewed(RegistryError.denied("r.example", "the manifest 1 of i", status: 401, "DENIED: no")),
    Reviewed(RegistryError.answer("r.example", "the manifest 1 of i", status: 400, "IMMUTABLE: no")),
    Reviewed(
        RegistryError.answer("r.example", "the manifest 1 of i", status: 400, ""), withoutHint: Alone.othersWords),
    Reviewed(RegistryError.answer("r.example", "an upload to i", status: 405, "")),
    Reviewed(RegistryError.malformed("r.example", "no valid token")),
    Reviewed(RegistryError.badRedirect("r.example", "to nowhere"), withoutHint: Alone.theirs),
    Reviewed(RegistryError.badRealm("r.example", "http://10.0.0.1/")),
    Reviewed(RegistryError.credentials("'/config.json'", problem: "it is not JSON")),
    Reviewed(RegistryError.helper("docker-credential-a", problem: "it cannot be run")),
    Reviewed(RegistryError.wrongBytes("the blob a", expected: someDigest, actual: Digest(of: [2]))),
    Reviewed(RegistryError.manifest("r.example/i:1", problem: "its schemaVersion is not 2.")),
    Reviewed(RegistryError.missing("image '1'", in: "r.example/i"), withoutHint: Alone.saysItself),
    Reviewed(RegistryError.foreignReferrers("r.example/i:a")),
    Reviewed(RegistryError.contested("r.example/i:a"), .tryAgain),
    Reviewed(RegistryError.uploadFailed(someDigest, "r.example/i", problem: "status 500"), .tryAgain),
]

let signingErrors: [Reviewed] = [
    Reviewed(SigningError.notAPrivateKey, .usage), Reviewed(SigningError.notAPublicKey, .usage),
    Reviewed(SigningError.passphraseNeeded, .usage),
    Reviewed(SigningError.wrongPassphrase, .usage, withoutHint: Alone.saysItself),
    Reviewed(SigningError.unknownEncryption, .usage),
    Reviewed(SigningError.signingFailed(reason: "malloc failure"), withoutHint: Alone.ourFault),
    Reviewed(SigningError.malformedTime, withoutHint: Alone.saysItself),
    Reviewed(SigningError.malformed(.bundle, reason: "it has no payload"), withoutHint: Alone.theirs),
]

private let name = "r.example/i:1.0.0"
private let (old, new) = (SemanticVersion(1, 0, 0), SemanticVersion(1, 1, 0))

let trustErrors: [Reviewed] = [
    Reviewed(TrustError.trustFile("trust.json", reason: "its 'version' is not 1"), .usage),
    Reviewed(TrustError.unknownRepository("r.example/i"), .usage), Reviewed(TrustError.noTag("r.example/i"), .usage),
    Reviewed(TrustError.noImage(name)), Reviewed(TrustError.wrongManifest(someDigest)),
    Reviewed(TrustError.noPlatform(.arm64, name)),
    Reviewed(TrustError.notSigned(name, .expiredKey(someDigest, Timestamp(seconds: 0))), .no),
    Reviewed(TrustError.notSigned(name, .otherName), .no), Reviewed(TrustError.notSigned(name, .otherContent), .no),
    Reviewed(TrustError.notSigned(name, .foreignKey), .no), Reviewed(TrustError.notSigned(name, .none), .no),
    Reviewed(TrustError.notSigned(name, .noVersion), .no), Reviewed(TrustError.otherVersion(name, signed: new), .no),
    Reviewed(TrustError.downgrade(name, old, seen: new), .no), Reviewed(TrustError.tooOld(name, old, floor: new), .no),
    Reviewed(TrustError.otherBuild(name, .builder("https://b.example/v1")), .no),
    Reviewed(TrustError.otherBuild(name, .source("https://b.example/project")), .no),
    Reviewed(TrustError.notFresh(name, .unknown), .no),
    Reviewed(TrustError.notFresh(name, .stale(Timestamp(seconds: 0))), .no),
    Reviewed(TrustError.notFresh(name, .outdated(newest: new, Timestamp(seconds: 0))), .no),
    Reviewed(TrustError.noEvidence(name)), Reviewed(TrustError.damagedRecord("/state/a.json")),
    Reviewed(TrustError.nothingToSign, .usage, withoutHint: Alone.saysItself),
    Reviewed(TrustError.strayStatement("https://spdx.dev/Document"), withoutHint: Alone.ourFault),
]
