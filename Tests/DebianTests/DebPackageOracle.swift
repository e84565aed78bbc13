// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Debian
import Foundation
import SystemPackage
import TestSupport

/// Packages built and read by dpkg-deb, and handmade containers.
enum DebOracle {
    /// A directory `p` for dpkg-deb.
    static let source = """
        mkdir -p p/DEBIAN p/usr/bin p/etc p/usr/share/caf\u{e9}; printf '#!/bin/sh\\n' > p/DEBIAN/postinst; chmod 755 p/DEBIAN/postinst
        printf 'Package: p\\nVersion: 1\\nArchitecture: all\\nMaintainer: M <m@example.org>\\nDescription: p\\n' > p/DEBIAN/control
        echo /etc/p.conf > p/DEBIAN/conffiles; echo conf > p/etc/p.conf; head -c 100000 /dev/zero > p/usr/bin/p
        chmod 4755 p/usr/bin/p; ln p/usr/bin/p p/usr/bin/q; ln -s ../bin/p p/usr/share/caf\u{e9}/e\u{301}
        mkdir -p p/usr/share/\(String(repeating: "long/", count: 30)); find p -exec touch -h -d @1600000000 {} +
        """

    /// Builds the package with this compression.
    static func package(_ compression: String, in directory: FilePath) throws -> FilePath {
        try ShellLine.run(
            "\(source); SOURCE_DATE_EPOCH=1600000000 dpkg-deb --root-owner-group -Z\(compression) -b p p.deb",
            in: directory)
        return directory.appending("p.deb")
    }

    /// An ar container.
    static func ar(_ members: [(String, [UInt8])]) -> [UInt8] {
        members.reduce(into: Array("!<arch>\n".utf8)) { result, member in
            let pad = { (text: String, width: Int) in
                text + String(repeating: " ", count: max(0, width - text.utf8.count))
            }
            let header = pad(member.0, 16) + pad("0", 12) + pad("0", 6) + pad("0", 6) + pad("100644", 8)
            result += Array((header + pad("\(member.1.count)", 10) + "`\n").utf8) + member.1
            if member.1.count % 2 == 1 { result.append(UInt8(ascii: "\n")) }
        }
    }

    /// A tar of small files.
    static func tar(_ files: [(String, String)], _ kind: ArchiveEntry.Kind? = nil) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let writer = try TarWriter { bytes.append(contentsOf: $0) }
        for (name, text) in files {
            let path = try ArchivePath(name)
            let entry = ArchiveEntry(path: path, kind: kind ?? .file(size: UInt64(text.utf8.count)), mode: 0o644)
            try writer.append(entry, bytes: Array(text.utf8))
        }
        try writer.finish()
        return bytes
    }

    /// The whole contents of a package.
    @discardableResult
    static func readAll(_ file: FilePath) throws -> [ArchiveEntry] {
        let limits = ArchiveLimits(entries: 1000, entryBytes: 1 << 20, totalBytes: 1 << 22)
        var entries: [ArchiveEntry] = []
        try DebPackage(file: file, limits: limits).forEachEntry { entry, contents in
            try contents { _ in }
            entries.append(entry)
        }
        return entries
    }
}
