// SPDX-License-Identifier: Apache-2.0

import Core
import Signing

/// The expected builder and source of a repository's images, which their provenance must name.
package struct ExpectedBuild: Hashable, Sendable {
    /// The `runDetails.builder.id` of SLSA's provenance, compared literally.
    package let builder: String?
    /// The address of the source repository, such as `https://github.com/team/project`.
    package let source: String?

    /// Creates an expectation.
    package init(builder: String? = nil, source: String? = nil) {
        self.builder = builder
        self.source = source
    }

    /// The predicate type of provenance (slsa.dev/provenance/v1).
    static let predicateType = "https://slsa.dev/provenance/v1"

    /// The first expectation that `statement` does not meet; `nil` when it meets all.
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

    /// The first expectation, for an image without provenance.
    var first: BuildDemand { builder.map { .builder($0) } ?? .source(source ?? "") }

    /// The git repositories it was built from: `git+https://…@refs/tags/v1` without prefix and reference (SPDX
    /// download locations, as in SLSA's `uri`).
    private static func sources(in statement: Statement) -> [String] {
        let dependencies = statement.predicate["buildDefinition"]?["resolvedDependencies"]?.array ?? []
        return dependencies.filter { $0["digest"]?["gitCommit"] != nil }.map { dependency in
            var text = (dependency["uri"]?.string ?? "")[...]
            if text.hasPrefix("git+") { text = text.dropFirst("git+".count) }
            return String(text[..<(text.lastIndex(of: "@") ?? text.endIndex)])
        }
    }
}

/// One expectation of a trust file about the provenance.
package enum BuildDemand: Hashable, Sendable {
    /// The builder.
    case builder(String)
    /// The source.
    case source(String)

    var clause: String {
        switch self {
        case .builder(let id): "no provenance by a trusted key names the builder '\(id)'"
        case .source(let address): "no provenance by a trusted key names the source '\(address)'"
        }
    }
}
