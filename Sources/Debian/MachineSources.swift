// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// One archive that packages are taken from, with the places that serve it.
package struct ArchiveSource: Hashable, Sendable {
    /// The suite, which is also its codename: "bookworm", "bookworm-updates", "bookworm-security".
    package let suite: String
    /// Which pool it has: "debian" or "debian-security".
    package let base: String
    /// Addresses of that pool's root, without a slash at the end, in the order they are asked.
    package var addresses: [String]

    /// An archive and its places.
    package init(suite: String, base: String, addresses: [String]) {
        self.suite = suite
        self.base = base
        self.addresses = addresses
    }

    /// The archives of a release: itself, its updates, its security updates, in the order apt's default has them.
    package static func all(of codename: String) -> [ArchiveSource] {
        [
            ArchiveSource(suite: codename, base: "debian", addresses: []),
            ArchiveSource(suite: "\(codename)-updates", base: "debian", addresses: []),
            ArchiveSource(suite: "\(codename)-security", base: "debian-security", addresses: []),
        ]
    }

    /// Where Debian keeps all that its archives ever were.
    package static let snapshotService = "https://snapshot.debian.org"

    /// The archive `base` as it was at one moment.
    ///
    /// - Parameter service: Who keeps it, without a slash at the end.
    package static func snapshot(base: String, at time: ArchiveTime, service: String = snapshotService) -> String {
        "\(service)/archive/\(base)/\(time.compact)"
    }

    /// Where what a lock of `time` names is still to be had: the archive a day later, then at the moment itself.
    ///
    /// A moment is answered with the last import before it, and a release is imported hours after the date it bears: at
    /// its own moment it is not there yet. A day later it is, and what it replaced has not left the pool.
    package static func snapshots(base: String, locked time: ArchiveTime, service: String) -> [String] {
        [ArchiveTime(seconds: time.seconds + 86_400), time].map { snapshot(base: base, at: $0, service: service) }
    }
}

/// What the machine's own apt is configured to use, as far as it is Debian's archive.
package struct MachineSources: Hashable, Sendable {
    /// The archives of the release, each with the machine's places for it; none where it has none.
    package let archives: [ArchiveSource]
    /// The keyrings named there for them; empty when none is.
    package let keyrings: [FilePath]

    /// Reads `sources.list` and `sources.list.d` below `etcApt`; files and entries that cannot be understood are passed
    /// over, as they are not ours to judge.
    ///
    /// - Throws: `FileError` when a file that is there cannot be read.
    package static func read(etcApt: FilePath, codename: String) throws -> MachineSources {
        var entries: [SourceEntry] = []
        let parts = etcApt.appending("sources.list.d")
        let names = Files.exists(parts) ? try Files.list(parts) : []
        let lists = [etcApt.appending("sources.list")] + names.map { parts.appending($0) }
        for path in lists where Files.exists(path) {
            switch path.extension {
            case "list": entries += SourceEntry.oneLine(try Files.read(path, limit: 1 << 20))
            case "sources": entries += SourceEntry.paragraphs(try Files.read(path, limit: 1 << 20), file: path.string)
            default: continue
            }
        }
        return MachineSources(entries, codename: codename)
    }

    private init(_ entries: [SourceEntry], codename: String) {
        var keyrings: [FilePath] = []
        archives = ArchiveSource.all(of: codename).map { archive in
            let matching = entries.filter { $0.suites.contains(archive.suite) && $0.components.contains("main") }
            for path in matching.compactMap(\.signedBy) where !keyrings.contains(path) { keyrings.append(path) }
            var archive = archive
            for address in matching.flatMap(\.addresses) where !archive.addresses.contains(address) {
                archive.addresses.append(address)
            }
            return archive
        }
        self.keyrings = keyrings
    }
}

/// One entry of sources.list(5).
struct SourceEntry: Hashable {
    var addresses: [String]
    var suites: [String]
    var components: [String]
    var signedBy: FilePath?

    /// Only addresses that a download can come from, and that name no trick in a path.
    private init?(addresses: [Substring], suites: [Substring], components: [Substring], signedBy: String?) {
        self.addresses = addresses.filter {
            $0.hasPrefix("http://") || $0.hasPrefix("https://") || $0.hasPrefix("file:/")
        }
        .map { String($0.hasSuffix("/") ? $0.dropLast() : $0) }
        self.suites = suites.map(String.init)
        self.components = components.map(String.init)
        self.signedBy = signedBy.flatMap { $0.hasPrefix("/") && $0.hasSuffix(".gpg") ? FilePath($0) : nil }
        guard !self.addresses.isEmpty else { return nil }
    }

    /// The one-line form: `deb [signed-by=/path] address suite component...`.
    static func oneLine(_ bytes: [UInt8]) -> [SourceEntry] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
            var words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard words.first == "deb" else { return nil }
            words.removeFirst()
            var options: [Substring] = []
            if words.first?.hasPrefix("[") == true, let close = words.firstIndex(where: { $0.hasSuffix("]") }) {
                options = words[...close].flatMap { $0.split { "[]".contains($0) } }
                words.removeSubrange(...close)
            }
            guard words.count >= 3 else { return nil }
            let signedBy = options.first { $0.hasPrefix("signed-by=") }?.dropFirst("signed-by=".count)
            return SourceEntry(
                addresses: [words[0]], suites: [words[1]], components: Array(words[2...]),
                signedBy: signedBy.map(String.init))
        }
    }

    /// The deb822 form.
    static func paragraphs(_ bytes: [UInt8], file: String) -> [SourceEntry] {
        let paragraphs = (try? ControlParagraph.parse(bytes, file: file)) ?? []
        return paragraphs.compactMap { fields in
            func words(_ name: String) -> [Substring] { (fields[name] ?? "").split(whereSeparator: \.isWhitespace) }
            guard words("Types").contains("deb"), fields["Enabled"] != "no" else { return nil }
            return SourceEntry(
                addresses: words("URIs"), suites: words("Suites"), components: words("Components"),
                signedBy: fields["Signed-By"])
        }
    }
}
