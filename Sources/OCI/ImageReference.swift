// SPDX-License-Identifier: Apache-2.0

import Core

/// An image reference, `[registry[:port]/]path[:tag][@digest]`, in the grammar of the distribution project's
/// `reference` package, with SHA-256 as the only digest algorithm.
package struct ImageReference: Hashable, Sendable {
    /// The registry's host and port; nil when the engine chooses it.
    package let registry: String?
    /// The path in the registry, such as `team/image`.
    package let repository: String
    /// The tag, if any.
    package let tag: String?
    /// The digest of the manifest, if any.
    package let digest: Digest?

    /// Parses a reference.
    ///
    /// - Throws: `OCIError.invalidReference`.
    package init(_ text: some StringProtocol) throws {
        func invalid(_ problem: ReferenceProblem) -> OCIError {
            .invalidReference(String(text.prefix(300)), problem)
        }
        guard text.utf8.count <= 1024 else { throw invalid(.tooLong) }
        let (beforeDigest, digest) = Self.split(text, at: "@", last: false)
        do { self.digest = try digest.map { try Digest($0) } } catch { throw invalid(.digest) }
        let (name, tag) = Self.split(beforeDigest, at: ":", last: true)
        // A colon before the last slash belongs to a port.
        let tagged = tag.map { !$0.utf8.contains(UInt8(ascii: "/")) } ?? false
        self.tag = tagged ? tag : nil
        if let tag = self.tag, !ReferenceGrammar.isTag(tag) { throw invalid(.tag) }
        let fullName = tagged ? name : beforeDigest
        let (first, rest) = Self.split(fullName, at: "/", last: false)
        let isRegistry = rest != nil && ReferenceGrammar.looksLikeRegistry(first)
        registry = isRegistry ? first : nil
        repository = isRegistry ? rest ?? "" : fullName
        if let registry, !ReferenceGrammar.isRegistry(registry) { throw invalid(.registry) }
        guard repository.utf8.count <= 255 else { throw invalid(.tooLong) }
        guard ReferenceGrammar.isPath(repository) else { throw invalid(.repository) }
    }

    /// Creates a reference from its parts, by the same rules.
    ///
    /// - Throws: `OCIError.invalidReference`.
    package init(registry: String? = nil, repository: String, tag: String? = nil, digest: Digest? = nil) throws {
        let text = Self.join(registry, repository, tag, digest)
        try self.init(text)
        guard self.registry == registry, self.repository == repository, self.tag == tag, self.digest == digest else {
            throw OCIError.invalidReference(String(text.prefix(300)), .registry)
        }
    }

    private static func split(_ text: some StringProtocol, at mark: Character, last: Bool) -> (String, String?) {
        guard let index = last ? text.lastIndex(of: mark) : text.firstIndex(of: mark) else {
            return (String(text), nil)
        }
        return (String(text[..<index]), String(text[text.index(after: index)...]))
    }

    fileprivate static func join(_ registry: String?, _ repository: String, _ tag: String?, _ digest: Digest?) -> String
    {
        (registry.map { "\($0)/" } ?? "") + repository + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }
}

extension ImageReference: CustomStringConvertible {
    /// The default registry of engines, and the default path of official images; used for names in Docker's archives,
    /// never contacted.
    private static let engineRegistry = "docker.io"
    private static let engineNamespace = "library/"

    /// The reference as it was parsed.
    package var description: String { Self.join(registry, repository, tag, digest) }

    /// The short form that engines show: without the default registry and path.
    package var familiar: String {
        guard registry == nil || registry == Self.engineRegistry else { return description }
        let short = repository.hasPrefix(Self.engineNamespace) ? repository.dropFirst(Self.engineNamespace.count) : ""
        let isOfficial = !short.isEmpty && !short.utf8.contains(UInt8(ascii: "/"))
        return Self.join(nil, isOfficial ? String(short) : repository, tag, digest)
    }

    /// The normalized form that engines store: always with a registry.
    package var normalized: String {
        guard registry == nil || registry == Self.engineRegistry else { return description }
        let isOfficial = !repository.utf8.contains(UInt8(ascii: "/"))
        let path = isOfficial ? Self.engineNamespace + repository : repository
        return Self.join(Self.engineRegistry, path, tag, digest)
    }
}

/// The invalid part of a reference.
package enum ReferenceProblem: Hashable, Sendable {
    /// The reference is too long.
    case tooLong
    /// The registry, before the first slash.
    case registry
    /// The path.
    case repository
    /// The tag, after the colon.
    case tag
    /// The digest, after the at sign.
    case digest
}
