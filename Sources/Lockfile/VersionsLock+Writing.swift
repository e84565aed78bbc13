// SPDX-License-Identifier: Apache-2.0

import Core

extension VersionsLock {
    /// The lock as bytes: JSON with sorted keys, one package, archive or artifact per line, and a final line end. The
    /// output is deterministic.
    package func serialized() -> [UInt8] {
        var text = "{\n  \"architectures\": {"
        let names = architectures.keys.sorted()
        for (index, name) in names.enumerated() {
            text += "\(index == 0 ? "" : ",")\n    \(quoted(name)): "
            text += list(architectures[name, default: []].map(\.line), indent: "    ")
        }
        text += names.isEmpty ? "},\n" : "\n  },\n"
        text += "  \"archives\": \(list(archives.map(\.line), indent: "  ")),\n"
        text += "  \"artifacts\": \(list(artifacts.map(\.line), indent: "  ")),\n"
        text += "  \"codename\": \(quoted(codename)),\n"
        text += optional("exclusions", choices.exclusions.map(\.line))
        text += "  \"inputs\": \(quoted(inputs.description)),\n"
        text += optional("pins", choices.pins.map(\.line))
        text += optional("repositories", choices.repositories.map(\.line))
        if let selection { text += "  \"selection\": \(quoted(selection.description)),\n" }
        text += "  \"snapshot\": \(quoted(snapshot)),\n"
        text += "  \"version\": \(version)\n}\n"
        return Array(text.utf8)
    }

    /// The digest of the packages' lines, each after the name of its architecture. A lock that was edited or merged has
    /// other packages than its `selection`: they may not belong together, which only the archives' indices tell.
    package var packagesDigest: Digest {
        let lines = architectures.sorted { $0.key < $1.key }.flatMap { name, packages in
            packages.map { "\(name) \($0.line)\n" }
        }
        return Digest(of: lines.joined().utf8)
    }
}

/// A section that is omitted when it is empty.
private func optional(_ name: String, _ lines: [String]) -> String {
    lines.isEmpty ? "" : "  \(quoted(name)): \(list(lines, indent: "  ")),\n"
}

private func list(_ lines: [String], indent: String) -> String {
    if lines.isEmpty { return "[]" }
    return "[\n" + lines.map { "\(indent)  \($0)" }.joined(separator: ",\n") + "\n\(indent)]"
}

/// A JSON string (RFC 8259, 7) with only the mandatory escapes.
private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case _ where scalar.value < 32:
            let hex = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

private func object(_ fields: [(String, String)]) -> String {
    "{" + fields.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}"
}

extension LockedPackage {
    fileprivate var line: String {
        let place = [("architecture", quoted(architecture)), ("base", quoted(base))]
        let head = [
            ("installedSize", "\(installedSize)"),
            ("name", quoted(name.text)), ("path", quoted(path)), ("reason", quoted(reason)),
            ("sha256", quoted(sha256.hex)), ("size", "\(size)"),
        ]
        let tail = [
            ("source", quoted(source.text)), ("sourceVersion", quoted(sourceVersion.text)),
            ("tier", quoted(tier.rawValue)), ("version", quoted(version.text)),
        ]
        let flags = isEssential ? [("essential", quoted("yes"))] : []
        return object(place + flags + head + (snapshot.map { [("snapshot", quoted($0))] } ?? []) + tail)
    }
}

extension LockedPin {
    fileprivate var line: String {
        let newer = security.map { [("security", quoted($0.text))] } ?? []
        return object([("name", quoted(name.text))] + newer + [("version", quoted(version.text))])
    }
}

extension LockedRepository {
    fileprivate var line: String {
        func list(_ texts: [String]) -> String { quoted(texts.joined(separator: " ")) }
        let flat = components.isEmpty ? [] : [("components", list(components))]
        let taken = packages.isEmpty ? [] : [("packages", list(packages.map(\.text)))]
        return object(
            flat + [("date", quoted(date)), ("inRelease", quoted(inRelease.hex)), ("name", quoted(name))] + taken
                + [("signer", quoted(signer)), ("suite", quoted(suite)), ("uri", quoted(uri))])
    }
}

extension LockedExclusion {
    fileprivate var line: String { object([("name", quoted(name.text)), ("reason", quoted(reason))]) }
}

extension LockedArchive {
    fileprivate var line: String {
        object([
            ("base", quoted(base)), ("date", quoted(date)), ("id", quoted(id)), ("inRelease", quoted(inRelease.hex)),
            ("signer", quoted(signer)),
        ])
    }
}

extension LockedArtifact {
    fileprivate var line: String {
        var fields = [("name", quoted(name)), ("platform", quoted(platform)), ("sha256", quoted(sha256.hex))]
        if let size { fields.append(("size", "\(size)")) }
        return object(fields + [("url", quoted(url)), ("version", quoted(version))])
    }
}
