// SPDX-License-Identifier: Apache-2.0

import Core
import Transport

/// The errors of this module.
package enum RegistryError: Error, Sendable, Hashable {
    /// A reference without a registry.
    case noRegistry(String)
    /// A host that gave no complete response.
    case unreachable(String, FailureReason)
    /// A registry that is busy, and the delay that it requested.
    case busy(String, Duration)
    /// Access was denied; the registry's error text.
    case denied(String, String, status: Int, String)
    /// An unexpected status.
    case answer(String, String, status: Int, String)
    /// An invalid response.
    case malformed(String, String)
    /// A redirect that is refused.
    case badRedirect(String, String)
    /// A realm that must not receive the password.
    case badRealm(String, String)
    /// Credentials that cannot be parsed.
    case credentials(String, problem: String)
    /// A credential helper that failed.
    case helper(String, problem: String)
    /// A digest mismatch.
    case wrongBytes(String, expected: Digest, actual: Digest)
    /// An invalid or ambiguous manifest.
    case manifest(String, problem: String)
    /// A tag or digest that does not exist in the repository.
    case missing(String, in: String)
    /// The referrers tag is not an OCI index.
    case foreignReferrers(String)
    /// Other clients keep changing the referrers tag.
    case contested(String)
    /// An upload that could not be completed.
    case uploadFailed(Digest, String, problem: String)
}

extension RegistryError: UserFacingError {
    package var sentence: String {
        switch self {
        case .noRegistry(let text): "'\(text)' does not name a registry."
        case .unreachable(let host, let reason): "Cannot connect to '\(host)': \(reason)."
        case .busy(let host, let wait):
            "'\(host)' is busy\(wait > .zero ? " and requests a delay of \(wait.components.seconds) s" : "")."
        case .denied(let host, let what, let status, let text):
            "'\(host)' denied access to \(what) (status \(status)\(text.asClause))."
        case .answer(let host, let what, let status, let text):
            "'\(host)' refused \(what) (status \(status)\(text.asClause))."
        case .malformed(let host, let what): "'\(host)' sent an invalid response: \(what)."
        case .badRedirect(let host, let what): "'\(host)' redirected \(what), which is not followed."
        case .badRealm(let host, let realm):
            "'\(host)' requests that the password is sent to '\(realm)', which is refused."
        case .credentials(let place, let problem): "Cannot use the credentials in \(place): \(problem)."
        case .helper(let program, let problem): "Cannot get credentials from '\(program)': \(problem)."
        case .wrongBytes(let what, let expected, let actual):
            "Digest mismatch of \(what): \(actual) instead of \(expected)."
        case .manifest(let place, let problem): "Cannot use the manifest \(place): \(problem)"
        case .missing(let what, let place): "There is no \(what) in '\(place)'."
        case .foreignReferrers(let place): "The tag \(place) is not an OCI index, so nothing can be attached there."
        case .contested(let place): "Other clients kept changing the tag \(place) while it was written."
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
            "Check the name and this machine's network, and run it again: completed transfers are kept."
        case .unreachable(let host, .interrupted(let text)) where text.contains("wrong version number"):
            "If it does not use TLS, and you accept that, add `--insecure \(host)`."
        case .unreachable, .busy, .contested, .uploadFailed: "Run it again: completed transfers are kept."
        case .denied(let host, _, _, _):
            "Log in with `docker login \(host)` or `podman login \(host)` as a user with access."
        case .answer(_, _, _, let text) where text.contains("IMMUTABLE") || text.contains("immutable"):
            "This registry does not let a tag move: use another tag."
        case .answer(_, _, 405, _): "Use another registry: this one is read-only, or a cache of another registry."
        case .credentials: "Fix the file, or log in again with `docker login` or `podman login`."
        case .helper: "Run the helper by hand, or name another file with --registry-config."
        case .wrongBytes, .manifest, .badRealm, .malformed: "Do not trust this registry until the cause is known."
        case .foreignReferrers: "Remove the tag if it is not needed; signatures are listed under it."
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
    /// ", text", or empty.
    fileprivate var asClause: String { isEmpty ? "" : ", \(self)" }
}
