// SPDX-License-Identifier: Apache-2.0

extension ControlParagraph {
    /// Checks that dpkg accepts the paragraph as the control file of a package (`parse_stanza` in its
    /// `lib/dpkg/parse.c`, with the fields of `lib/dpkg/fields.c`).
    ///
    /// - Throws: `DebianError.malformedField`, or what reading a relation throws.
    package func checkAsPackage(file: String) throws(DebianError) {
        for (field, values) in Self.choices {
            guard let value = self[field], !value.isEmpty, !values.contains(value.lowercased()) else { continue }
            throw malformed(field, file: file)
        }
        if self["Multi-Arch"]?.lowercased() == "same", self["Architecture"] == "all" {
            throw malformed("Multi-Arch", file: file)
        }
        for field in Self.statusOnly where self[field] != nil { throw malformed(field, file: file) }
        for field in Self.relations {
            guard let value = self[field] else { continue }
            _ = try Dependency.parseList(value, field: field, file: file, line: self.line(of: field))
        }
    }

    private func malformed(_ field: String, file: String) -> DebianError {
        .malformedField(field, value: String((self[field] ?? "").prefix(120)), file: file, line: line(of: field))
    }

    /// Fields with a fixed set of values, which dpkg compares case-insensitively.
    private static let choices = [
        ("Multi-Arch", ["foreign", "allowed", "same", "no"]), ("Essential", ["yes", "no"]),
        ("Protected", ["yes", "no"]),
    ]

    /// Fields that only dpkg's own database may have.
    private static let statusOnly = ["Status", "Config-Version", "Triggers-Pending", "Triggers-Awaited"]

    private static let relations = [
        "Pre-Depends", "Depends", "Recommends", "Suggests", "Enhances", "Conflicts", "Breaks", "Replaces", "Provides",
    ]
}
