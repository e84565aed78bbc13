// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Glibc
import SystemPackage

/// Finds out whose a path of an image is, and which script wrote it.
package struct ScriptFinder: Sendable {
    private let trees: [FilePath]
    private let tracer: ConfigureTracer

    /// A finder for an image of those trees, lowest first, whose configure step `tracer` saw.
    package init(trees: [FilePath], tracer: ConfigureTracer) {
        self.trees = trees
        self.tracer = tracer
    }

    /// The package that ships `path`, by dpkg's lists (dpkg-query(1), `--search`).
    ///
    /// - Throws: `FileError`.
    package func owner(of path: ArchivePath) throws -> String? {
        // Lists have the path as the package ships it, which is before `/usr` was merged.
        let merged = path.string.utf8.starts(with: "usr/".utf8) ? ["/" + path.string.dropFirst(4)] : []
        let wanted = Set((["/" + path.string] + merged).map { Array($0.utf8) })
        for file in try databaseFiles(endingIn: ".list") {
            let lines = try Files.read(file, limit: 1 << 26).split(separator: UInt8(ascii: "\n"))
            if lines.contains(where: { wanted.contains(Array($0)) }) { return Self.package(of: file) }
        }
        return nil
    }

    /// Who wrote `path` during the configure step: one, when a script speaks of it; else those who were at work at the
    /// time, which is one or two; none when the step left no such file.
    ///
    /// What is printed arrives late, and on a busy machine by seconds: so the time alone is no proof.
    ///
    /// - Throws: `FileError`.
    package func writers(of path: ArchivePath) throws -> [ConfigureTracer.Worker] {
        guard let time = tracer.change(of: path) else { return [] }
        return try WorkingTimes(events: tracer.events).writers(of: path, changed: time, speaks: speaks)
    }

    /// The packages whose scripts have the whole path in them, each with the script's name; for files whose making
    /// nobody saw.
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

    /// Whether the script has `words` in it.
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
