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
    private let conffiles: [DebPackage.Conffile]
    private let interests: [PackageFacts.TriggerInterest]
    /// The configuration files, for asking.
    let conffilePaths: Set<String>

    /// Parses the control part of `package`.
    ///
    /// - Throws: `DebianError` when a mandatory field is missing.
    init(of package: DebPackage) throws {
        let control = try Self.paragraph(of: package)
        try control.checkAsPackage(file: "the control file of \(package.place)")
        fields = control
        name = try control.required("Package", file: package.file.string)
        let architecture = try control.required("Architecture", file: package.file.string)
        // Packages that can be installed for several architectures at once are listed with their architecture
        // (dpkg-query(1)).
        qualifiedName = control["Multi-Arch"] == "same" ? "\(name):\(architecture)" : name
        paragraph = String(decoding: package.control, as: UTF8.self).trimmingTrailingNewlines
        files = package.controlFiles
        conffiles = package.conffiles
        interests = package.triggers.filter(\.isInterest).map { .init(trigger: $0.trigger, awaits: $0.awaits) }
        conffilePaths = Set(conffiles.filter { !$0.isRemoved }.map(\.path))
    }

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
        directories: [PackageFacts.Directory], passing: [String]
    ) -> PackageFacts {
        PackageFacts(
            name: name, qualifiedName: qualifiedName, control: paragraph, conffiles: conffiles(digests),
            interests: interests, overrides: overrides, contested: contested, directories: directories,
            passing: passing)
    }

    /// The configuration files as dpkg records them: dpkg never installs one that is not shipped or is listed twice.
    private func conffiles(_ digests: [String: String]) -> [PackageFacts.Conffile] {
        let absent = PackageFacts.Conffile.absent
        var seen = Set<String>()
        return conffiles.map { conffile in
            let isFirst = seen.insert(conffile.path).inserted
            if conffile.isRemoved { return .init(path: conffile.path, md5: nil) }
            return .init(path: conffile.path, md5: isFirst ? digests[conffile.path] ?? absent : absent)
        }
    }

    /// Whether the package has no `md5sums`, which is optional: dpkg then generates the file when it unpacks.
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
