// SPDX-License-Identifier: Apache-2.0

import Core
import Transport

/// Everything this module refuses.
package enum RegistryError: Error, Sendable, Hashable {
    /// A name without a registry in it.
    case noRegistry(String)
    /// A host that gave no whole answer.
    case unreachable(String, FailureReason)
    /// A registry that wants to be left alone, for how long it says.
    case busy(String, Duration)
    /// We are not who may do that; what the registry says about it.
    case denied(String, String, status: Int, String)
    /// Another answer than there may be to what was asked.
    case answer(String, String, status: Int, String)
    /// An answer that does not make sense.
    case malformed(String, String)
    /// A redirect that is not followed.
    case badRedirect(String, String)
    /// A place for tokens that must not get our password.
    case badRealm(String, String)
    /// Credentials that cannot be read.
    case credentials(String, problem: String)
    /// A credential helper that did not do its work.
    case helper(String, problem: String)
    /// Other bytes than those of the digest that was asked for or told.
    case wrongBytes(String, expected: Digest, actual: Digest)
    /// A manifest that says two things, or that cannot be read.
    case manifest(String, problem: String)
    /// Nothing of that name, in that repository.
    case missing(String, in: String)
    /// The tag that stands in for the referrers API names something else.
    case foreignReferrers(String)
    /// Others write the referrers of the same image all the time.
    case contested(String)
    /// An upload that did not come to an end.
    case uploadFailed(Digest, String, problem: String)
}

extension RegistryError: UserFacingError {
    package var sentence: String {
        switch self {
        case .noRegistry(let text): "'\(text)' does not say which registry it is in."
        case .unreachable(let host, let reason): "Cannot talk to '\(host)': \(reason)."
        case .busy(let host, let wait):
            "'\(host)' is busy\(wait > .zero ? " and asks to be left alone for \(wait.components.seconds) s" : "")."
        case .denied(let host, let what, let status, let text):
            "'\(host)' does not let us have or change \(what) (status \(status)\(text.asClause))."
        case .answer(let host, let what, let status, let text):
            "'\(host)' refused \(what) (status \(status)\(text.asClause))."
        case .malformed(let host, let what): "'\(host)' answered \(what)."
        case .badRedirect(let host, let what): "'\(host)' redirected \(what), which is not followed."
        case .badRealm(let host, let realm):
            "'\(host)' wants our password sent to '\(realm)', which is not done."
        case .credentials(let place, let problem): "Cannot use the credentials in \(place): \(problem)."
        case .helper(let program, let problem): "Cannot get credentials from '\(program)': \(problem)."
        case .wrongBytes(let what, let expected, let actual):
            "The bytes of \(what) have the digest \(actual) instead of \(expected)."
        case .manifest(let place, let problem): "Cannot use the manifest \(place): \(problem)"
        case .missing(let what, let place): "There is no \(what) in '\(place)'."
        case .foreignReferrers(let place): "The tag \(place) is not an OCI index, so nothing can be attached there."
        case .contested(let place): "Others changed the tag \(place) again and again while it was written."
        case .uploadFailed(let digest, let place, let problem):
            "The upload of \(digest) to '\(place)' failed: \(problem)."
        }
    }

    package var hint: String? {
        switch self {
        case .noRegistry: "Write it as registry/path:tag; for Docker Hub, docker.io/name/path:tag."
        case .unreachable(_, .untrusted):
            "Name a file with the certificates to trust in CURL_CA_BUNDLE, or else in SSL_CERT_FILE, as for curl."
        case .unreachable(_, .unreachable):
            "Look whether the name is right and this machine has a network, and run it again: what has arrived is kept."
        case .unreachable(let host, .interrupted(let text)) where text.contains("wrong version number"):
            "If it has no encryption, and you accept that, add `--insecure \(host)`."
        case .unreachable, .busy, .contested, .uploadFailed: "Run it again: what has arrived is kept."
        case .denied(let host, _, _, _):
            "Log in with `docker login \(host)` or `podman login \(host)`, as somebody who may do that."
        case .answer(_, _, _, let text) where text.contains("IMMUTABLE") || text.contains("immutable"):
            "This registry does not let a tag move: use another one."
        case .answer(_, _, 405, _): "It takes nothing: it is read-only, or a cache of another registry."
        case .credentials: "Mend the file, or log in anew with `docker login` or `podman login`."
        case .helper: "Try the helper by hand, or name another file with --registry-config."
        case .wrongBytes, .manifest, .badRealm, .malformed: "Do not trust this registry until somebody knows why."
        case .foreignReferrers: "Remove the tag if nobody needs it; signatures are listed under it."
        case .answer, .badRedirect, .missing: nil
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .noRegistry: .usage
        case .unreachable(_, .untrusted), .unreachable(_, .tooLarge): .broken
        case .unreachable, .busy, .contested, .uploadFailed: .tryAgain
        default: .broken
        }
    }
}

extension String {
    /// ", text" where there is one.
    fileprivate var asClause: String { isEmpty ? "" : ", \(self)" }
}
