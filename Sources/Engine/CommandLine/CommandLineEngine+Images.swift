// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension CommandLineEngine {
    /// Writes a stream of bytes by calling a function.
    package typealias StreamWriter = @Sendable (@escaping (UnsafeRawBufferPointer) throws -> Void) throws -> Void

    /// Returns the ID of a local image, by ID or name; `nil` when the engine does not have it.
    ///
    /// - Throws: `EngineError` when the engine cannot be reached.
    package func image(_ name: String) async throws -> String? {
        let result = try await call(["image", "inspect", "--format", "{{.Id}}", name])
        if result.status == 0 {
            let id = String(decoding: result.standardOutput.filter { $0 > 32 }, as: UTF8.self)
            return id.contains(":") ? id : "sha256:\(id)"
        }
        guard let failure = CommandLineFailure(kind, result) else { return nil }
        // Every other failure means that the image does not exist.
        if case .engineFailed = failure.error { return nil }
        throw failure.error
    }

    /// Loads a `docker load` archive, which `write` produces.
    ///
    /// - Throws: `EngineError`, and what `write` throws.
    package func load(_ write: @escaping StreamWriter) async throws {
        try await must(["load", "--quiet"], reading: write)
    }

    /// Builds a context, a tar archive that `write` produces, and returns the image's ID.
    ///
    /// - Parameters:
    ///   - platform: A value of `--platform`; `nil` for the engine's own.
    ///   - scratch: The directory of the file that the engine writes the ID to.
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
        guard id.hasPrefix("sha256:") else { throw EngineError.engineFailed(kind, "the build returned no image") }
        return id
    }

    /// Saves an image as a `docker load` archive.
    ///
    /// - Throws: `EngineError`, `FileError`; a regular file is then unchanged.
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
            // Docker's client refuses a device as the output file, and Podman would replace it.
            let output = try OutputFile.open(place)
            defer { try? output.close() }
            try await must(["save"] + form + [image], timeout: .seconds(3600), writingTo: output)
        }
    }

    /// Adds a name to an image.
    ///
    /// - Throws: `EngineError`.
    package func tag(_ image: String, as name: String) async throws { try await must(["tag", image, name]) }

    /// Removes a name of an image; without its last name the image is deleted.
    ///
    /// - Throws: `EngineError`.
    package func remove(image name: String) async throws { try await must(["image", "rm", "--force", name]) }
}

extension EngineArguments {
    /// `build` of a context on standard input, without network. BuildKit and Docker's older builder accept the same
    /// options.
    package func build(tags: [String], platform: String?, idFile: FilePath) -> [String] {
        // Podman's own image format has no health check; it adds labels; and building layers takes minutes.
        let podman = ["--format", "docker", "--layers=false", "--identity-label=false"]
        let own = (dialect == .podman ? podman : []) + ["--quiet"]
        return ["build", "--network", "none", "--iidfile", idFile.string] + own
            + (platform.map { ["--platform", $0] } ?? []) + tags.flatMap { ["--tag", $0] } + ["-"]
    }
}
