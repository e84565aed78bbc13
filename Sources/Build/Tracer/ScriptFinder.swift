// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Glibc
import SystemPackage

/// Finds the package that owns a path of an image, and the script that wrote it.
package struct ScriptFinder: Sendable {
    private let trees: [FilePath]
    private let tracer: ConfigureTracer

    /// Creates a finder for an image with these trees, lowest first, whose configure step `tracer` recorded.
    package init(trees: [FilePath], tracer: ConfigureTracer) {
        self.trees = trees
        self.tracer = tracer
    }

    /// The package that ships `path`, by dpkg's lists (dpkg-query(1), `--search`).
    ///
    /// - Throws: `FileError`.
    package func owner(of path: ArchivePath) throws -> String? {
        // Lists contain the path as the package ships it, before the merge of `/usr`.
        let merged = path.string.utf8.starts(with: "usr/".utf8) ? ["/" + path.string.dropFirst(4)] : []
        let wanted = Set((["/" + path.string] + merged).map { Array($0.utf8) })
        for file in try databaseFiles(endingIn: ".list") {
            let lines = try Files.read(file, limit: 1 << 26).split(separator: UInt8(ascii: "\n"))
            if lines.contains(where: { wanted.contains(Array($0)) }) { return Self.package(of: file) }
        }
        return nil
    }

    /// The writers of `path` during the configure step: one when a script mentions the path, else the one or two that
    /// ran at that time; empty when the step left no such file.
    ///
    /// Output arrives late, by seconds on a busy machine: the time alone is not a proof.
    ///
    /// - Throws: `FileError`.
    package func writers(of path: ArchivePath) throws -> [ConfigureTracer.Worker] {
        guard let time = tracer.change(of: path) else { return [] }
        return try WorkingTimes(events: tracer.events).writers(of: path, changed: time, speaks: speaks)
    }

    /// The packages whose scripts contain the whole path, each with the script's name; for files without a recorded
    /// writer.
    ///
    /// - Throws: `FileError`.
    package func scripts(naming path: ArchivePath) throws -> [String] {
        let words = Array("/\(path)".utf8)
        return try ["preinst", "postinst"].flatMap { name in
            try databaseFiles(endingIn: ".\(name)").filter { file in
                try Files.read(file, limit: 1 << 24).contains(words)
            }
            .map { "\(Self.package(of: $0))'s \(name)" }
        }
    }

    /// The scripts that set the password of a user or group in `path`, each with its package: scripts that contain the
    /// name and call an account program. The file's change time does not help, because the configure program changes it
    /// last.
    ///
    /// - Parameter path: `/etc/shadow` or a file of its form (shadow(5), gshadow(5)).
    /// - Throws: `FileError`.
    package func scripts(settingPasswordsIn path: ArchivePath) throws -> [String] {
        guard let file = trees.last(where: { Files.exists($0.pushing(FilePath(path.string))) }) else { return [] }
        let lines = try Files.read(file.pushing(FilePath(path.string)), limit: 1 << 20).split(
            separator: UInt8(ascii: "\n"))
        let names = lines.compactMap { line -> String? in
            let fields = String(decoding: line, as: UTF8.self).split(separator: ":", omittingEmptySubsequences: false)
            return fields.count > 1 && fields[1].hasPrefix("$") ? String(fields[0]) : nil
        }
        return try ["preinst", "postinst"].flatMap { name in
            try databaseFiles(endingIn: ".\(name)").filter { file in
                let text = String(decoding: try Files.read(file, limit: 1 << 24), as: UTF8.self)
                let words = Set(text.split { !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "_" }.map(String.init))
                return !words.isDisjoint(with: Self.accountPrograms) && !words.isDisjoint(with: names)
            }
            .map { "\(Self.package(of: $0))'s \(name)" }
        }
    }

    private static let accountPrograms = [
        "useradd", "usermod", "adduser", "chpasswd", "passwd", "groupadd", "groupmod", "addgroup", "gpasswd",
    ]

    /// Whether the script contains `words`.
    private func speaks(_ worker: ConfigureTracer.Worker, of words: String) throws -> Bool {
        guard let script = worker.script, let file = try file(of: script) else { return false }
        return String(decoding: try Files.read(file, limit: 1 << 24), as: UTF8.self).contains(words)
    }

    private func file(of script: (package: String, name: String)) throws -> FilePath? {
        try databaseFiles(endingIn: ".\(script.name)").first { Self.package(of: $0) == script.package }
    }

    private func databaseFiles(endingIn ending: String) throws -> [FilePath] {
        let directories = trees.map { $0.pushing("var/lib/dpkg/info") }.filter(Files.isDirectory)
        return try directories.flatMap { directory in
            try Files.list(directory).filter { $0.hasSuffix(ending) }.map(directory.appending)
        }
    }

    /// The package of `NAME.list` or `NAME:ARCHITECTURE.list`.
    private static func package(of file: FilePath) -> String {
        let stem = file.stem ?? ""
        return String(stem.prefix { $0 != ":" })
    }
}
