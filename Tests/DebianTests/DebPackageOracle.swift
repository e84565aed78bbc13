// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Debian
import Foundation
import SystemPackage

/// Packages made and read by dpkg-deb, and containers put together by hand.
enum DebOracle {
    /// Runs a shell line in `folder` and gives its standard output; throws when it fails.
    @discardableResult
    static func shell(_ line: String, in folder: FilePath) throws -> [UInt8] {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-euo", "pipefail", "-c", "umask 022; " + line]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.string)
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"]
        process.standardOutput = pipe
        try process.run()
        let output = Array(pipe.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(line: line, status: process.terminationStatus) }
        return output
    }

    struct Failed: Error {
        let line: String
        let status: Int32
    }

    /// A folder `p` that dpkg-deb makes a package of.
    static let source = """
        mkdir -p p/DEBIAN p/usr/bin p/etc p/usr/share/caf\u{e9}; printf '#!/bin/sh\\n' > p/DEBIAN/postinst; chmod 755 p/DEBIAN/postinst
        printf 'Package: p\\nVersion: 1\\nArchitecture: all\\nMaintainer: M <m@example.org>\\nDescription: p\\n' > p/DEBIAN/control
        echo /etc/p.conf > p/DEBIAN/conffiles; echo conf > p/etc/p.conf; head -c 100000 /dev/zero > p/usr/bin/p
        chmod 4755 p/usr/bin/p; ln p/usr/bin/p p/usr/bin/q; ln -s ../bin/p p/usr/share/caf\u{e9}/e\u{301}
        mkdir -p p/usr/share/\(String(repeating: "long/", count: 30)); find p -exec touch -h -d @1600000000 {} +
        """

    /// Makes the package, with this compression.
    static func package(_ compression: String, in folder: FilePath) throws -> FilePath {
        try shell(
            "\(source); SOURCE_DATE_EPOCH=1600000000 dpkg-deb --root-owner-group -Z\(compression) -b p p.deb",
            in: folder)
        return folder.appending("p.deb")
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

    /// Everything a package holds.
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

/// Runs `body` with a new folder that is gone afterwards.
func withDebFolder<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
    let folder = FilePath(NSTemporaryDirectory()).appending("deb-tests-\(Files.uniqueSuffix())")
    try Files.makeDirectories(folder)
    defer { try? Files.removeTree(folder) }
    return try body(folder)
}
