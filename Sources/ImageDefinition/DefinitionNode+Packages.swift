// SPDX-License-Identifier: Apache-2.0

import Core
import Debian

/// The lists of packages; each element is a name, `name=version` or a mapping.
extension DefinitionNode {
    func packageGroups() throws(DefinitionError) -> [PackageGroup] {
        var seen: Set<String> = []
        var groups: [PackageGroup] = []
        for (name, value) in try pairs() {
            let group = try name.text(/[a-z][a-z0-9-]*/, "a group's name in small letters")
            var items = PackageItems()
            var own: Set<String> = []
            for node in try value.list() {
                let name = try node.takePackage(into: &items)
                guard own.insert(name).inserted else { throw .twice(node.place, key: node.key, value: name) }
                guard seen.insert(name).inserted else { throw .twice(node.place, key: key, value: name) }
            }
            groups.append(
                PackageGroup(name: group, requests: items.requests, exclusions: items.exclusions, files: items.files))
        }
        return groups
    }

    /// Parses one element and returns its key for the duplicate check.
    private func takePackage(into items: inout PackageItems) throws(DefinitionError) -> String {
        guard node.mapping != nil else { return try items.take(namedPackage(recommends: false)) }
        let all = try fields(["name", "recommends", "exclude", "reason", "file", "sha256"])
        if all["exclude"] != nil {
            let fields = try fields(["exclude", "reason"])
            let exclusion = PackageExclusion(
                name: try fields.need("exclude").packageName(), reason: try fields.need("reason").text())
            items.exclusions.append(exclusion)
            return exclusion.name
        }
        if all["file"] != nil {
            let local = try localPackage()
            items.files.append(local)
            return local.file
        }
        let fields = try fields(["name", "recommends"])
        let recommends = try fields["recommends"]?.isTrue() ?? false
        return try items.take(fields.need("name").namedPackage(recommends: recommends))
    }

    private func localPackage() throws(DefinitionError) -> LocalPackage {
        let fields = try fields(["file", "sha256"])
        let file = try fields.need("file")
        let path = try file.relativePath()
        guard path.hasSuffix(".deb") else { throw file.invalid("the path of a .deb below the definition's directory") }
        guard let hex = fields["sha256"] else { throw .missingDigest(place, file: path, actual: nil) }
        return LocalPackage(file: path, sha256: try hex.sha256())
    }

    func sha256() throws(DefinitionError) -> Digest {
        guard let digest = try? Digest(hex: try text()) else { throw invalid("64 lower-case hexadecimal digits") }
        return digest
    }

    /// A relative path that cannot leave its base directory.
    func relativePath() throws(DefinitionError) -> String {
        let needed =
            "a path below the definition's directory, of letters, digits and '._+~:%-', without '.', '..' and '//'"
        return try text(/[A-Za-z0-9_][A-Za-z0-9._+~:%-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._+~:%-]*)*/, needed)
    }

    /// `name` or `name=version`.
    private func namedPackage(recommends: Bool) throws(DefinitionError) -> PackageRequest {
        let text = try text()
        if text.hasPrefix("-") {
            throw invalid("a Debian package's name; one is left out by {exclude: \(text.dropFirst()), reason: …}")
        }
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            return PackageRequest(name: try packageName(), version: nil, recommends: recommends)
        }
        guard Self.isPackageName(parts[0]), (try? DebianVersion(parts[1])) != nil else {
            throw invalid("a Debian package's name, '=' and a version, as in curl=7.88.1-10+deb12u14")
        }
        return PackageRequest(name: parts[0], version: parts[1], recommends: recommends)
    }

    func packageName() throws(DefinitionError) -> String {
        guard Self.isPackageName(try text()) else { throw invalid("a Debian package's name") }
        return try text()
    }

    /// Debian Policy 5.6.1.
    private static func isPackageName(_ text: String) -> Bool {
        let pattern = /[a-z0-9][a-z0-9+.-]+/
        return (try? pattern.asciiOnlyCharacterClasses().wholeMatch(in: text)) != nil && text.utf8.count <= 4096
    }

    /// `true` or `false`; YAML's other words for booleans are refused.
    private func isTrue() throws(DefinitionError) -> Bool { try text(/true|false/, "true or false") == "true" }
}

/// The elements of one group while they are parsed.
private struct PackageItems {
    var requests: [PackageRequest] = []
    var exclusions: [PackageExclusion] = []
    var files: [LocalPackage] = []

    mutating func take(_ request: PackageRequest) -> String {
        requests.append(request)
        return request.name
    }
}
