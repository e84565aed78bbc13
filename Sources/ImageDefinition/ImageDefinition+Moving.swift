// SPDX-License-Identifier: Apache-2.0

import Core

extension ImageDefinition {
    /// Replaces a program's version and digests in the text of a definition; all else is preserved.
    ///
    /// - Parameters:
    ///   - name: The program.
    ///   - file: The name for error messages.
    ///   - digests: The new digests by platform; the others are kept.
    /// - Throws: `DefinitionError`, also when the text cannot be edited, for example because of anchors.
    package static func movingProgram(
        _ name: String, in text: String, file: String, to version: String, _ digests: [String: Digest]
    ) throws -> String {
        var expected = try ImageDefinition(parsing: text, file: file)
        let node = try DefinitionNode(parsing: text, file: file).program(name)
        expected.programs = try expected.programs.map { program throws(DefinitionError) in
            program.name == name ? try program.moved(to: version, digests, node) : program
        }
        var changes = [(node: try node.child("version"), value: version)]
        for (platform, digest) in digests.sorted(by: { $0.key < $1.key }) {
            changes.append((try node.child("artifacts").child(platform).child("sha256"), digest.hex))
        }
        var edited = SourceText(text)
        for (node, value) in changes.sorted(by: { $0.node.place.isBefore($1.node.place) }).reversed() {
            guard edited.replace(node.node.scalar?.string ?? "", at: node.place, by: value) else {
                throw node.invalid("written literally here, so that the program can change it")
            }
        }
        guard let result = try? ImageDefinition(parsing: edited.text, file: file), result == expected else {
            throw node.invalid("written without anchors and aliases, for the program to change it")
        }
        return edited.text
    }
}

extension ImageDefinition {
    /// Replaces the image's version in the text of a definition and preserves everything else.
    ///
    /// - Parameter file: The name for error messages.
    /// - Throws: `DefinitionError`, also when the text cannot be edited.
    package static func movingVersion(in text: String, file: String, to version: SemanticVersion) throws -> String {
        var expected = try ImageDefinition(parsing: text, file: file)
        let node = try DefinitionNode(parsing: text, file: file).child("version")
        var edited = SourceText(text)
        let isThere = edited.replace(expected.version, at: node.place, by: version.description)
        expected.version = version.description
        guard isThere, let result = try? ImageDefinition(parsing: edited.text, file: file), result == expected else {
            throw node.invalid("written literally here, so that the program can change it")
        }
        return edited.text
    }
}

extension DefinitionNode {
    /// The mapping of a program: `agent`, or the element of `programs` with this name.
    fileprivate func program(_ name: String) throws(DefinitionError) -> DefinitionNode {
        guard let list = try? child("programs") else { return try child("agent") }
        for element in try list.list() where try element.child("name").text() == name { return element }
        throw .missingKey(list.place, key: "programs.\(name)")
    }
}

extension ProgramDefinition {
    fileprivate func moved(
        to version: String, _ digests: [String: Digest], _ node: DefinitionNode
    ) throws(DefinitionError) -> ProgramDefinition {
        let isValid =
            isAgent ? DefinitionNode.isVersion(version) : DefinitionNode.isProgramVersion(version)
        guard isValid else {
            throw .invalid(
                try node.child("version").place, key: "\(node.key).version", value: version,
                needed: "a version such as 1.2.3")
        }
        var moved: [String: ArtifactDefinition] = [:]
        for (platform, artifact) in artifacts {
            guard artifact.template.contains("{version}") || version == self.version else {
                throw try node.child("artifacts").child(platform).child("url")
                    .invalid("an address with {version} in it, for the version to be changed")
            }
            moved[platform] = ArtifactDefinition(
                template: artifact.template, url: artifact.url(version: version),
                sha256: digests[platform] ?? artifact.sha256)
        }
        return ProgramDefinition(
            name: name, version: version, isAgent: isAgent, artifacts: moved, form: form, placement: placement,
            copyright: copyright, origin: origin, place: place)
    }
}

extension DefinitionPlace {
    fileprivate func isBefore(_ other: DefinitionPlace) -> Bool { (line, column) < (other.line, other.column) }
}
