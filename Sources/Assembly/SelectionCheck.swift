// SPDX-License-Identifier: Apache-2.0

import Debian
import Lockfile

/// Compares the control files of packages with the lock: a repository's index may differ from its files.
///
/// The configure step makes dpkg ignore dependencies (`--force-depends`), because Debian has dependency cycles; so
/// dpkg's rules for the dependencies of an image's packages are enforced here (Debian Policy 7.2 to 7.5).
package struct SelectionCheck {
    /// A package that satisfies a name; without a version when it provides the name unversioned.
    private struct Candidate {
        let owner: String
        let version: DebianVersion?
    }

    private let paragraphs: [(package: LockedPackage, control: ControlParagraph)]
    private let candidates: [String: [Candidate]]
    private let architecture: String

    /// Creates a check of packages with these facts against `locked` for `architecture`.
    ///
    /// - Throws: `AssemblyError.otherPackage` for a file of another package; `DebianError` for an invalid field.
    package init(of facts: [PackageFacts], locked: [LockedPackage], architecture: String) throws {
        let byName = Dictionary(locked.map { ($0.name.text, $0) }) { first, _ in first }
        var paragraphs: [(package: LockedPackage, control: ControlParagraph)] = []
        var candidates: [String: [Candidate]] = [:]
        for fact in facts {
            guard let package = byName[fact.name],
                let control = try ControlParagraph.parse(Array(fact.control.utf8), file: fact.name).first
            else { throw AssemblyError.unnamedPackage(fact.name) }
            try package.check(control)
            paragraphs.append((package, control))
            candidates[fact.name, default: []].append(Candidate(owner: fact.name, version: package.version))
            for provided in try Self.groups("Provides", of: control, package).joined() {
                let version = provided.relation == .equal ? try? DebianVersion(provided.version) : nil
                candidates[provided.name, default: []].append(Candidate(owner: fact.name, version: version))
            }
        }
        (self.paragraphs, self.candidates, self.architecture) = (paragraphs, candidates, architecture)
    }

    /// Checks that the dependencies of each package are satisfied and that no packages conflict.
    ///
    /// - Throws: `AssemblyError.broken`; `DebianError` for an invalid field.
    package func check() throws {
        for (package, control) in paragraphs {
            for field in ["Pre-Depends", "Depends"] {
                for group in try Self.groups(field, of: control, package) {
                    let wanted = group.filter(isForThisMachine)
                    guard !wanted.isEmpty, !wanted.contains(where: { isSatisfied($0) }) else { continue }
                    throw AssemblyError.broken(
                        package, field: field, relation: group.map(\.description).joined(separator: " | "), by: nil)
                }
            }
            for field in ["Conflicts", "Breaks"] {
                for relation in try Self.groups(field, of: control, package).joined() where isForThisMachine(relation) {
                    guard let other = holders(of: relation).first(where: { $0 != package.name.text }) else { continue }
                    throw AssemblyError.broken(package, field: field, relation: relation.description, by: other)
                }
            }
        }
    }

    private func isSatisfied(_ relation: Dependency) -> Bool { !holders(of: relation).isEmpty }

    /// The packages that satisfy a relation.
    private func holders(of relation: Dependency) -> [String] {
        (candidates[relation.name] ?? []).filter { candidate in
            relation.relation == .any || candidate.version.map(relation.accepts) == true
        }
        .map(\.owner)
    }

    private func isForThisMachine(_ relation: Dependency) -> Bool {
        let named = relation.architectures
        if named.isEmpty || named.contains(architecture) || named.contains("any") { return true }
        return named.allSatisfy { $0.hasPrefix("!") } && !named.contains("!\(architecture)")
    }

    private static func groups(
        _ field: String, of control: ControlParagraph, _ package: LockedPackage
    ) throws -> [[Dependency]] {
        guard let text = control[field] else { return [] }
        return try Dependency.parseList(text, field: field, file: package.path)
    }
}

extension LockedPackage {
    /// Checks that the control file `control` belongs to this package.
    ///
    /// - Throws: `AssemblyError.otherPackage`.
    func check(_ control: ControlParagraph) throws(AssemblyError) {
        let needed = [("Package", name.text), ("Version", version.text), ("Architecture", architecture)]
        var differences = needed.filter { control[$0.0] != $0.1 }.map { name, _ in
            "\(name) \((control[name] ?? "").prefix(80))"
        }
        if control["Essential"] == "yes", reason != "essential", !isEssential, !isLocal {
            differences.append("Essential yes")
        }
        if control["Essential"] != "yes", reason == "essential" || isEssential, !isLocal {
            differences.append("no Essential")
        }
        guard differences.isEmpty else { throw .otherPackage(self, says: differences) }
    }
}
