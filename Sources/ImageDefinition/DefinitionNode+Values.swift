// SPDX-License-Identifier: Apache-2.0

import Debian

/// The types of values in image definitions.
extension DefinitionNode {
    func version() throws(DefinitionError) -> String {
        guard Self.isVersion(try text()) else { throw invalid("a version such as 1.2.3") }
        return try text()
    }

    /// The core of semver.org: three numbers.
    static func isVersion(_ text: String) -> Bool {
        let pattern = /(?:0|[1-9][0-9]{0,8})\.(?:0|[1-9][0-9]{0,8})\.(?:0|[1-9][0-9]{0,8})/
        return (try? pattern.asciiOnlyDigits().wholeMatch(in: text)) != nil
    }

    func address() throws(DefinitionError) -> String {
        try text(/https:\/\/[!-~]+/, "an https address without spaces")
    }

    /// An absolute, normalized path: no `.`, `..` or empty component.
    func path() throws(DefinitionError) -> String {
        let needed = "an absolute path without '.', '..' and '//'"
        let path = try text(/(?:\/[A-Za-z0-9._+-]+)+/, needed)
        guard !path.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) else { throw invalid(needed) }
        return path
    }

    /// A program, as an absolute path or a name for PATH, and its arguments.
    func command() throws(DefinitionError) -> [String] {
        let words = try texts(/[^\x00]+/, "one argument", repeating: true)
        guard !words.isEmpty else { throw .wrongKind(place, key: key, needed: "a list with at least one word") }
        return words
    }

    func release() throws(DefinitionError) -> (codename: String, architectures: [String]) {
        let fields = try fields(["codename", "architectures"])
        let codename = try fields.need("codename")
        let name = try codename.text()
        // "stable" is refused: it names another release every two years, and the lock would change its meaning.
        guard DebianRelease.supported.contains(name) else {
            throw codename.invalid("the name of a release that images are made of: \(DebianRelease.names)")
        }
        let list = try fields.need("architectures")
        let architectures = try list.texts(/amd64|arm64/, "amd64 or arm64")
        if architectures.isEmpty { throw .wrongKind(list.place, key: list.key, needed: "a list with an architecture") }
        return (name, architectures)
    }

    func globs() throws(DefinitionError) -> (excludes: [String], includes: [String]) {
        let fields = try fields(["exclude", "include"])
        let needed = "a pattern that begins with '/'"
        return (
            try fields["exclude"]?.texts(/\/[!-~]+/, needed) ?? [],
            try fields["include"]?.texts(/\/[!-~]+/, needed) ?? []
        )
    }

    func texts(byKey pattern: Regex<Substring>, _ needed: String) throws(DefinitionError) -> [String: String] {
        var texts: [String: String] = [:]
        for (name, value) in try pairs() { texts[try name.text(pattern, needed)] = try value.text() }
        return texts
    }

    func labels() throws(DefinitionError) -> [String: String] {
        for (name, _) in try pairs() where try name.text().hasPrefix("org.opencontainers.image.") {
            throw name.invalid("another label: these follow from the keys at the top of the file")
        }
        for (name, _) in try pairs() where try name.text() == DefinitionContents.label {
            throw name.invalid("another label: `build` writes this one")
        }
        return try texts(byKey: /[a-z0-9][a-z0-9.\/_-]*/, "a label's name in small letters")
    }
}

extension DebianRelease {
    /// The supported releases, as a list for messages.
    fileprivate static var names: String { supported.joined(separator: " or ") }
}
