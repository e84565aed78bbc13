// SPDX-License-Identifier: Apache-2.0

/// Parses dpkg's database of installed packages, `/var/lib/dpkg/status` (deb-control(5) stanzas).
enum InstalledDatabase {
    /// The packages whose status is `install ok installed`; every other status is an item of `unfinished`.
    static func parse(_ text: String) -> (packages: [InstalledPackage], unfinished: [String]) {
        var packages: [InstalledPackage] = []
        var unfinished: [String] = []
        for stanza in text.split(separator: "\n\n") {
            let fields = Self.fields(stanza)
            guard let name = fields["Package"], let status = fields["Status"] else { continue }
            if status.hasSuffix(" ok installed") {
                packages.append(
                    InstalledPackage(
                        name: name, version: fields["Version"] ?? "", architecture: fields["Architecture"] ?? ""))
            } else if !status.hasSuffix(" ok not-installed") {
                unfinished.append("\(name) is '\(status)'")
            }
        }
        return (packages, unfinished)
    }

    private static func fields(_ stanza: Substring) -> [String: String] {
        var fields: [String: String] = [:]
        for line in stanza.split(separator: "\n") where !line.hasPrefix(" ") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon])] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        return fields
    }
}

extension Outcome {
    /// The difference between the installed and the locked packages: `+` for extra ones, `-` for missing ones.
    package static func difference(installed: String, locked: [InstalledPackage]) -> Outcome {
        let (packages, unfinished) = InstalledDatabase.parse(installed)
        let surplus = Set(packages).subtracting(locked).sorted().map { "+\($0)" }
        let missing = Set(locked).subtracting(packages).sorted().map { "-\($0)" }
        return list(surplus + missing + unfinished)
    }

    /// `value:none`, or the first items of the list.
    static func list(_ items: [String]) -> Outcome {
        .value(items.isEmpty ? "none" : items.prefix(20).joined(separator: ","))
    }
}
