// SPDX-License-Identifier: Apache-2.0

import Core
import ImageDefinition

/// A difference between two image definitions, except for the version and for locked data.
package struct DefinitionChange: Sendable, Hashable {
    /// The version step that it requires.
    package let step: VersionStep
    /// The key in `image.yaml`.
    package let key: String
    /// The change as a clause that names the key.
    package let text: String

    /// Creates a change.
    package init(step: VersionStep, key: String, text: String) {
        self.step = step
        self.key = key
        self.text = text
    }

    /// The removal of an architecture as a clause.
    static func removed(architecture: String) -> String { "no image for \(architecture) any more" }

    /// The addition of an architecture as a clause.
    static func added(architecture: String) -> String { "an image for \(architecture)" }

    /// All differences between two definitions, in the order of the file.
    package static func changes(from old: ImageDefinition, to new: ImageDefinition) -> [DefinitionChange] {
        var comparison = DefinitionComparison()
        comparison.compareRelease(old, new)
        comparison.compareContents(old, new)
        comparison.compareExecution(old, new)
        comparison.compareDescription(old, new)
        return comparison.changes
    }
}

private struct DefinitionComparison {
    private(set) var changes: [DefinitionChange] = []

    private mutating func add(_ step: VersionStep, _ key: String, _ text: String) {
        changes.append(DefinitionChange(step: step, key: key, text: text))
    }

    /// A change of the image that users can notice is a minor step.
    private mutating func compare<Value: Equatable>(_ key: String, _ old: Value, _ new: Value) {
        if old != new { add(.minor, key, "\(key) changed") }
    }

    /// Users who depend on a release or an architecture cannot continue without it.
    mutating func compareRelease(_ old: ImageDefinition, _ new: ImageDefinition) {
        if old.codename != new.codename { add(.major, "release.codename", "Debian \(old.codename) -> \(new.codename)") }
        if old.name != new.name { add(.major, "name", "the image is called \(new.name), not \(old.name)") }
        for gone in Set(old.architectures).subtracting(new.architectures).sorted() {
            add(.major, "release.architectures", DefinitionChange.removed(architecture: gone))
        }
        for come in Set(new.architectures).subtracting(old.architectures).sorted() {
            add(.minor, "release.architectures", DefinitionChange.added(architecture: come))
        }
    }

    mutating func compareContents(_ old: ImageDefinition, _ new: ImageDefinition) {
        let (before, after) = (Set(old.packageNames), Set(new.packageNames))
        for name in after.subtracting(before).sorted() { add(.minor, "packages", "\(name) is requested") }
        for name in before.subtracting(after).sorted() { add(.minor, "packages", "\(name) is no longer requested") }
        compareChoices(old, new)
        compare("excludes", old.excludes, new.excludes)
        compare("includes", old.includes, new.includes)
        compare("user", old.user, new.user)
        compare("environment", old.environment, new.environment)
        compare("locales", old.locales, new.locales)
        comparePrograms(old, new)
    }

    /// Programs that both definitions have; which versions there are is in the locks. The agent's own number decides by
    /// itself how large a step it is, since nothing in the image is built on it.
    private mutating func comparePrograms(_ old: ImageDefinition, _ new: ImageDefinition) {
        for program in new.programs {
            guard let earlier = old.programs.first(where: { $0.name == program.name }) else { continue }
            if earlier.placement != program.placement { add(.minor, "programs", "\(program.name) has another place") }
            if earlier.isAgent != program.isAgent {
                add(.minor, "programs", "\(program.name) is \(program.isAgent ? "" : "no longer ")the coding agent")
            }
            if !program.isAgent, earlier.version.major != program.version.major {
                add(.minor, "programs", "\(program.name) \(program.version) is a new major version")
            }
            if (earlier.origin, earlier.copyright) != (program.origin, program.copyright) {
                add(.patch, "programs", "the description of \(program.name) changed")
            }
        }
    }

    /// Pins, exclusions and recommendations; the resulting packages are in the locks.
    private mutating func compareChoices(_ old: ImageDefinition, _ new: ImageDefinition) {
        let before = Dictionary(old.packageRequests.map { ($0.name, $0) }) { first, _ in first }
        for request in new.packageRequests.sorted(by: { $0.name < $1.name }) {
            let earlier = before[request.name]
            if let version = request.version, version != earlier?.version {
                add(.minor, "packages", "\(request.name) is pinned at \(version)")
            } else if request.version == nil, let version = earlier?.version {
                add(.minor, "packages", "\(request.name) is not pinned at \(version) any more")
            }
            if request.recommends != earlier?.recommends ?? false {
                let words = request.recommends ? "with" : "without"
                add(.minor, "packages", "\(request.name) is requested \(words) its recommended packages")
            }
        }
        compareOrigins(old, new)
        let left = Set(old.exclusions)
        for exclusion in new.exclusions where !left.contains(exclusion) {
            add(.minor, "packages", "\(exclusion.name) is left out: \(exclusion.reason)")
        }
        for exclusion in old.exclusions where !new.exclusions.contains(where: { $0.name == exclusion.name }) {
            add(.minor, "packages", "\(exclusion.name) is not left out any more")
        }
    }

    private mutating func compareOrigins(_ old: ImageDefinition, _ new: ImageDefinition) {
        let (before, after) = (Set(old.localPackages), Set(new.localPackages))
        for file in after.subtracting(before).map(\.file).sorted() { add(.minor, "packages", "\(file) is installed") }
        for file in before.subtracting(after).map(\.file).sorted()
        where !new.localPackages.contains(where: { $0.file == file }) {
            add(.minor, "packages", "\(file) is not installed any more")
        }
        for repository in new.repositories where !old.repositories.contains(repository) {
            add(.minor, "packages", "the repository \(repository.name) has changed settings in the definition")
        }
        for repository in old.repositories where !new.repositories.contains(where: { $0.name == repository.name }) {
            add(.minor, "packages", "the repository \(repository.name) is not used any more")
        }
    }

    mutating func compareExecution(_ old: ImageDefinition, _ new: ImageDefinition) {
        compare("workdir", old.workdir, new.workdir)
        compare("entrypoint", old.entrypoint, new.entrypoint)
        compare("command", old.command, new.command)
        compare("stop-signal", old.stopSignal, new.stopSignal)
        compare("health-check", [old.healthCheck, old.baseHealthCheck], [new.healthCheck, new.baseHealthCheck])
    }

    /// Descriptive texts: they change no behavior.
    mutating func compareDescription(_ old: ImageDefinition, _ new: ImageDefinition) {
        let before = [
            old.title, old.description, old.vendor, old.licenses, old.url, old.source, old.documentation,
        ]
        let after = [new.title, new.description, new.vendor, new.licenses, new.url, new.source, new.documentation]
        if before != after || old.labels != new.labels { add(.patch, "labels", "the labels changed") }
    }
}

extension String {
    /// The first number of a program's version.
    fileprivate var major: Substring { prefix { $0.isNumber } }
}
