// SPDX-License-Identifier: Apache-2.0

import Core
import Signing

/// Who must have built the images of a repository, and from whose sources, by what their provenance says.
package struct ExpectedBuild: Hashable, Sendable {
    /// The `runDetails.builder.id` of SLSA's provenance, compared as it is.
    package let builder: String?
    /// The address of the sources' repository, as `https://github.com/team/project`.
    package let source: String?

    /// Puts the two together.
    package init(builder: String? = nil, source: String? = nil) {
        self.builder = builder
        self.source = source
    }

    /// The predicate type of the statements that tell (slsa.dev/provenance/v1).
    static let predicateType = "https://slsa.dev/provenance/v1"

    /// What `statement` does not say of what is expected; `nil` when it says all.
    func missing(in statement: Statement) -> BuildDemand? {
        if let builder, statement.predicate["runDetails"]?["builder"]?["id"]?.string != builder {
            return .builder(builder)
        }
        if let source {
            let told = Self.sources(in: statement)
            guard !told.isEmpty, told.allSatisfy({ $0 == source }) else { return .source(source) }
        }
        return nil
    }

    /// The first of what is expected, for when nothing is said at all.
    var first: BuildDemand { builder.map { .builder($0) } ?? .source(source ?? "") }

    /// The addresses of the git repositories it was made from: `git+https://…@refs/tags/v1` without its ends (SPDX
    /// download locations, which SLSA's `uri` takes over).
    private static func sources(in statement: Statement) -> [String] {
        let dependencies = statement.predicate["buildDefinition"]?["resolvedDependencies"]?.array ?? []
        return dependencies.filter { $0["digest"]?["gitCommit"] != nil }.map { dependency in
            var text = (dependency["uri"]?.string ?? "")[...]
            if text.hasPrefix("git+") { text = text.dropFirst("git+".count) }
            return String(text[..<(text.lastIndex(of: "@") ?? text.endIndex)])
        }
    }
}

/// One thing that a trust file wants the provenance to say.
package enum BuildDemand: Hashable, Sendable {
    /// Who built.
    case builder(String)
    /// Where the sources came from.
    case source(String)

    var clause: String {
        switch self {
        case .builder(let id): "no provenance by a trusted key says that '\(id)' built it"
        case .source(let address): "no provenance by a trusted key says that it was made from '\(address)'"
        }
    }
}
