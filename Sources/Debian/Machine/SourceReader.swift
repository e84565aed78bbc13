// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Reads files of sources.list(5); invalid and unusable lines are recorded and skipped.
struct SourceReader {
    private(set) var entries: [SourceEntry] = []
    private(set) var ignored: [IgnoredSource] = []

    /// The maximum size of a file in bytes.
    private static let limit = 1 << 20

    /// Reads one file; like apt, it reads only `.list` and `.sources` files.
    ///
    /// - Throws: `FileError`.
    mutating func read(_ path: FilePath) throws {
        switch path.extension {
        case "list": oneLine(try Files.read(path, limit: Self.limit), file: path.string)
        case "sources": paragraphs(try Files.read(path, limit: Self.limit), file: path.string)
        default: break
        }
    }

    /// Parses the one-line format: `deb [signed-by=/path] address suite component...`.
    private mutating func oneLine(_ bytes: [UInt8], file: String) {
        let lines = String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() {
            var words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard let type = words.first, type != "deb-src" else { continue }
            let place = "\(file):\(number + 1)"
            words.removeFirst()
            var options: [Substring] = []
            if words.first?.hasPrefix("[") == true, let close = words.firstIndex(where: { $0.hasSuffix("]") }) {
                options = words[...close].flatMap { $0.split { "[]".contains($0) } }
                words.removeSubrange(...close)
            }
            guard type == "deb", words.count >= 2 else {
                ignored.append(IgnoredSource(place: place, reason: "not in the form of sources.list(5)"))
                continue
            }
            let signedBy = options.first { $0.hasPrefix("signed-by=") }?.dropFirst("signed-by=".count)
            add([words[0]], suites: [words[1]], components: words[2...], signedBy.map(String.init), place)
        }
    }

    /// Parses the deb822 format.
    private mutating func paragraphs(_ bytes: [UInt8], file: String) {
        let paragraphs: [ControlParagraph]
        do { paragraphs = try ControlParagraph.parse(bytes, file: file) } catch {
            return ignored.append(IgnoredSource(place: file, reason: "not in the form of sources.list(5)"))
        }
        for fields in paragraphs {
            func words(_ name: String) -> [Substring] { (fields[name] ?? "").split(whereSeparator: \.isWhitespace) }
            guard words("Types").contains("deb"), fields["Enabled"] != "no" else { continue }
            add(
                words("URIs"), suites: words("Suites"), components: words("Components")[...], fields["Signed-By"],
                "\(file):\(fields.line)")
        }
    }

    private mutating func add(
        _ addresses: [Substring], suites: [Substring], components: ArraySlice<Substring>, _ signedBy: String?,
        _ place: String
    ) {
        var entry = SourceEntry(
            addresses: [], suites: suites.map(String.init), components: components.map(String.init),
            signedBy: signedBy)
        for address in addresses {
            switch MirrorList.addresses(of: String(address)) {
            case .success(let places): entry.addresses += places
            // Unusable lines of other archives are not recorded.
            case .failure(let unusable) where entry.isDebian:
                ignored.append(IgnoredSource(place: place, reason: unusable.reason))
            case .failure: continue
            }
        }
        if !entry.addresses.isEmpty { entries.append(entry) }
    }
}
