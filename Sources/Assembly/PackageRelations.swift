// SPDX-License-Identifier: Apache-2.0

import Debian

/// The dependencies between the packages of an image, from their control files.
package struct PackageRelations: Sendable {
    private let needs: [String: [String]]
    private let needsBefore: [String: [String]]
    private let essential: [String]
    private let replaced: [String: Set<String>]

    /// Reads the relations between `packages`.
    ///
    /// - Throws: `DebianError` for an invalid field.
    package init(of packages: [PackageFacts]) throws {
        let paragraphs = try packages.map { facts in
            (facts.name, try ControlParagraph.parse(Array(facts.control.utf8), file: facts.name).first)
        }
        var providers: [String: [String]] = [:]
        for (name, paragraph) in paragraphs {
            for provided in Set([name] + (try Self.names("Provides", of: paragraph).joined())) {
                providers[provided, default: []].append(name)
            }
        }
        var (needs, needsBefore) = ([String: [String]](), [String: [String]]())
        var replaced: [String: Set<String>] = [:]
        for (name, paragraph) in paragraphs {
            func found(_ field: String) throws -> [String] {
                try Self.names(field, of: paragraph).flatMap { $0.lazy.compactMap { providers[$0] }.first ?? [] }
            }
            let first = try found("Pre-Depends")
            needsBefore[name] = first
            needs[name] = try first + found("Depends")
            let names = try Self.names("Replaces", of: paragraph).joined()
            replaced[name] = Set(names.flatMap { providers[$0] ?? [] })
        }
        (self.needs, self.needsBefore, self.replaced) = (needs, needsBefore, replaced)
        essential = paragraphs.filter { $1?["Essential"] == "yes" }.map(\.0)
    }

    /// The essential packages, apt, and their dependencies. Their files exist before any script runs, because scripts
    /// depend on them; debootstrap(8) and mmdebstrap(1) do the same.
    package var base: Set<String> { Set(order(of: essential + ["apt"])) }

    /// `names` and all their dependencies, each after its own dependencies as far as cycles allow.
    package func order(of names: [String]) -> [String] {
        var (ordered, seen) = ([String](), Set<String>())
        for name in names.sorted() { visit(name, &ordered, &seen) }
        return ordered
    }

    /// The packages that must be configured before `name` is unpacked (Debian Policy 7.2), each after its own
    /// dependencies, without `base`.
    func before(_ name: String, base: Set<String>) -> [String] {
        order(of: (needsBefore[name] ?? []).filter { !base.contains($0) }).filter { $0 != name && !base.contains($0) }
    }

    /// Whether one of the two declares Replaces on the other (Debian Policy 7.6.1), in any version.
    package func replaces(_ one: String, _ other: String) -> Bool {
        replaced[one]?.contains(other) == true || replaced[other]?.contains(one) == true
    }

    private func visit(_ name: String, _ ordered: inout [String], _ seen: inout Set<String>) {
        guard let needed = needs[name], seen.insert(name).inserted else { return }
        for other in needed { visit(other, &ordered, &seen) }
        ordered.append(name)
    }

    private static func names(_ field: String, of paragraph: ControlParagraph?) throws -> [[String]] {
        guard let text = paragraph?[field] else { return [] }
        return try Dependency.parseList(text, field: field).map { $0.map(\.name) }
    }
}
