// SPDX-License-Identifier: Apache-2.0

import Crypto
import Debian

/// The control part of a package, parsed for dpkg's database.
struct ControlFiles {
    /// A file in `/var/lib/dpkg/info`.
    struct DatabaseFile {
        let name: String
        let mode: UInt16
        let bytes: [UInt8]
    }

    private let paragraph: String
    /// The fields of the control file.
    let fields: ControlParagraph
    /// The package's name.
    let name: String
    private let qualifiedName: String
    private let files: [(name: String, mode: UInt16, bytes: [UInt8])]
    private let conffiles: [String]
    /// The lines of `conffiles` for files that the package no longer ships (`remove-on-upgrade`).
    private let removed: Set<String>
    /// The paths of the configuration files, for membership tests.
    let conffilePaths: Set<String>

    /// Parses the control part of `package`.
    ///
    /// - Throws: `DebianError` when a mandatory field is missing.
    init(of package: DebPackage) throws {
        let control = try Self.paragraph(of: package)
        fields = control
        name = try control.required("Package", file: package.file.string)
        let architecture = try control.required("Architecture", file: package.file.string)
        // Packages that can be installed for several architectures at once are listed with their architecture
        // (dpkg-query(1)).
        qualifiedName = control["Multi-Arch"] == "same" ? "\(name):\(architecture)" : name
        paragraph = String(decoding: package.control, as: UTF8.self).trimmingTrailingNewlines
        files = package.controlFiles
        // deb-conffiles(5): one absolute path per line; the flag precedes paths that are not shipped.
        let lines = Self.lines(of: "conffiles", in: package.controlFiles)
        let flag = Self.removalFlag
        removed = Set(lines.filter { $0.hasPrefix(flag) }.map { String($0.dropFirst(flag.count)) })
        conffiles = lines.map { $0.hasPrefix(flag) ? String($0.dropFirst(flag.count)) : $0 }
            .filter { $0.hasPrefix("/") }
        conffilePaths = Set(conffiles).subtracting(removed)
    }

    private static let removalFlag = "remove-on-upgrade "

    private static func paragraph(of package: DebPackage) throws(DebianError) -> ControlParagraph {
        let file = package.file.string
        guard let paragraph = try ControlParagraph.parse(package.control, file: file).first else {
            throw .missingField("Package", file: file, line: 1)
        }
        return paragraph
    }

    /// The package's facts for dpkg's database.
    func facts(
        digests: [String: String], overrides: [PackageFacts.StatOverride], contested: [String],
        directories: [PackageFacts.Directory]
    ) -> PackageFacts {
        PackageFacts(
            name: name, qualifiedName: qualifiedName, control: paragraph,
            conffiles: conffiles.compactMap { path in
                if removed.contains(path) { return .init(path: path, md5: nil) }
                return digests[path].map { .init(path: path, md5: $0) }
            },
            interests: Self.lines(of: "triggers", in: files).compactMap(Self.interest), overrides: overrides,
            contested: contested, directories: directories)
    }

    /// Whether the package has no `md5sums`, which is optional: dpkg then generates the file while unpacking.
    var lacksSums: Bool { !files.contains { $0.name == "md5sums" } }

    /// The package's files in dpkg's database; `listed` are the paths that it owns, `digests` the computed MD5 digests.
    func databaseFiles(listing listed: [String], digests: [String: String]) -> [DatabaseFile] {
        func file(_ kind: String, _ lines: [String]) -> DatabaseFile {
            DatabaseFile(
                name: "\(qualifiedName).\(kind)", mode: 0o644, bytes: Array(lines.map { $0 + "\n" }.joined().utf8))
        }
        let sums = listed.compactMap { path in digests[path].map { "\($0)  \(path.dropFirst())" } }
        return [file("list", listed)] + (lacksSums ? [file("md5sums", sums)] : [])
            + files.map { file in
                // dpkg makes the scripts that it runs executable, whatever their mode (`setexecute` in dpkg's
                // src/main/script.c).
                let isProgram = ["preinst", "postinst"].contains(file.name) || file.mode & 0o111 != 0
                return DatabaseFile(
                    name: "\(qualifiedName).\(file.name)", mode: isProgram ? 0o755 : 0o644, bytes: file.bytes)
            }
    }

    private static func lines(
        of name: String, in files: [(name: String, mode: UInt16, bytes: [UInt8])]
    ) -> [String] {
        guard let file = files.first(where: { $0.name == name }) else { return [] }
        return file.bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// deb-triggers(5): `interest[-await|-noawait] TRIGGER`, with comments that start with `#`.
    private static func interest(_ line: String) -> PackageFacts.TriggerInterest? {
        let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, words[0].hasPrefix("interest") else { return nil }
        return .init(trigger: String(words[1]), awaits: !words[0].hasSuffix("-noawait"))
    }
}

/// MD5 of a stream: dpkg's status file identifies the contents of configuration files by it. Never used for trust.
package struct MD5Hasher {
    private var state = MD5()

    /// Creates a hasher.
    package init() {}

    /// Adds bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) { state.update(bytes) }

    /// The digest of all bytes so far, in hexadecimal digits.
    package var hex: String {
        state.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

extension String {
    fileprivate var trimmingTrailingNewlines: String {
        String(self[..<(lastIndex { $0 != "\n" }.map { index(after: $0) } ?? startIndex)])
    }
}
