// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension CommandLineEngine {
    /// What writes a stream of bytes into a function.
    package typealias StreamWriter = @Sendable (@escaping (UnsafeRawBufferPointer) throws -> Void) throws -> Void

    /// The id of an image the engine has, by a name or an id; `nil` when it has none.
    ///
    /// - Throws: `EngineError` when the engine cannot be asked.
    package func image(_ name: String) async throws -> String? {
        let result = try await call(["image", "inspect", "--format", "{{.Id}}", name])
        if result.status == 0 {
            let id = String(decoding: result.standardOutput.filter { $0 > 32 }, as: UTF8.self)
            return id.contains(":") ? id : "sha256:\(id)"
        }
        guard let failure = CommandLineFailure(kind, result) else { return nil }
        // Anything but a known trouble of the engine is its way to say that it has no such image.
        if case .engineFailed = failure.error { return nil }
        throw failure.error
    }

    /// Loads a `docker load` archive, which `write` writes.
    ///
    /// - Throws: `EngineError`, and what `write` throws.
    package func load(_ write: @escaping StreamWriter) async throws {
        try await must(["load", "--quiet"], reading: write)
    }

    /// Builds a context, a tar that `write` writes, and gives the image's id.
    ///
    /// - Parameters:
    ///   - platform: As `--platform` takes it; `nil` is the engine's own.
    ///   - scratch: A directory for the id that the engine writes.
    /// - Throws: `EngineError`, and what `write` throws.
    package func build(
        tags: [String], platform: String?, scratch: FilePath, _ write: @escaping StreamWriter
    ) async throws -> String {
        try Files.makeDirectories(scratch)
        let file = scratch.appending("image-\(Files.uniqueSuffix())")
        defer { try? Files.removeTree(file) }
        let arguments = EngineArguments(dialect).build(tags: tags, platform: platform, idFile: file)
        try await must(arguments, reading: write)
        let written = Files.exists(file) ? try Files.read(file, limit: 256) : []
        let id = String(decoding: written.filter { $0 > 32 }, as: UTF8.self)
        guard id.hasPrefix("sha256:") else { throw EngineError.engineFailed(kind, "it built no image") }
        return id
    }

    /// Writes an image as a `docker load` archive.
    ///
    /// - Throws: `EngineError`, `FileError`; then a regular file is as it was.
    package func save(_ image: String, to file: FilePath) async throws {
        let form = dialect == .podman ? ["--format", "docker-archive"] : []
        switch try OutputFile(file).way {
        case .replace(let place):
            let part = FilePath("\(place.string).\(Files.uniqueSuffix())")
            do {
                try await must(["save"] + form + ["--output", part.string, image], timeout: .seconds(3600))
                guard rename(part.string, place.string) == 0 else {
                    throw FileError("write", file, Errno(rawValue: errno))
                }
            } catch {
                try? Files.removeTree(part)
                throw error
            }
        case .writeThrough(let place):
            // Docker's client refuses a device as a name, and Podman would replace it.
            let output = try OutputFile.open(place)
            defer { try? output.close() }
            try await must(["save"] + form + [image], timeout: .seconds(3600), writingTo: output)
        }
    }

    /// Gives an image one more name.
    ///
    /// - Throws: `EngineError`.
    package func tag(_ image: String, as name: String) async throws { try await must(["tag", image, name]) }

    /// Takes a name off an image; the last one takes the image.
    ///
    /// - Throws: `EngineError`.
    package func remove(image name: String) async throws { try await must(["image", "rm", "--force", name]) }
}

extension EngineArguments {
    /// `build` of a context on standard input, without network. The older of Docker's builders and BuildKit take the
    /// same.
    package func build(tags: [String], platform: String?, idFile: FilePath) -> [String] {
        // Podman's own image format has no health check, it labels what it builds, and its layers take it minutes.
        let podman = ["--format", "docker", "--layers=false", "--identity-label=false"]
        let own = (dialect == .podman ? podman : []) + ["--quiet"]
        return ["build", "--network", "none", "--iidfile", idFile.string] + own
            + (platform.map { ["--platform", $0] } ?? []) + tags.flatMap { ["--tag", $0] } + ["-"]
    }
}
