// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Signing

/// The claim of a signature about a content: its repository, version and tags.
struct ReleaseIdentity: Hashable, Sendable {
    /// cosign's predicate type of a plain signature.
    static let predicateType = "https://sigstore.dev/cosign/sign/v1"

    /// `registry/path`.
    let repository: String
    let version: SemanticVersion
    /// The tags it is published under.
    let tags: [String]

    /// The statement about `digest` that is signed.
    func statement(about digest: Digest) -> Statement {
        let annotations = [
            "repository": repository, "version": version.description, "tags": tags.joined(separator: ","),
        ]
        return Statement(
            subjects: [.init(digest: digest, annotations: annotations)], predicateType: Self.predicateType,
            predicate: .object([:]))
    }

    /// Parses it; `nil` for a subject without one of them.
    init?(_ subject: Statement.Subject) {
        guard let repository = subject.annotations["repository"],
            let version = subject.annotations["version"].flatMap({ try? SemanticVersion($0) })
        else { return nil }
        self.init(
            repository: repository, version: version,
            tags: (subject.annotations["tags"] ?? "").split(separator: ",").map(String.init))
    }

    init(repository: String, version: SemanticVersion, tags: [String]) {
        self.repository = repository
        self.version = version
        self.tags = tags
    }
}
