// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import ImageDefinition
import Lockfile
import Resolve
import SystemPackage

/// One run of `resolve`: computes the new pins from the old ones, without writing.
struct ResolveRun: Sendable {
    let pins: PinFiles
    let move: AgentMove?
    /// The packages to update; `nil` for the agent only.
    let scope: UpdateScope?
    let downloads: DownloadOptions
    let store: Store
    let environment: CommandEnvironment
    let expired: ExpiryRule

    /// The new pins.
    ///
    /// - Throws: Errors of the agent's update and the resolver.
    func run(progress: @escaping ProgressSink) async throws -> NewPins {
        let text = try await move?.applied(
            to: pins.text, file: pins.definitionFile.string, store: store, transport: environment.transport,
            progress: progress)
        let definition =
            try text.map { try ImageDefinition.parse($0, of: pins.definitionFile) } ?? pins.definition
        if scope == nil, var lock = pins.lock, lock.inputs == pins.definition.inputsDigest {
            // The packages are unchanged, so no archive is needed.
            (lock.artifacts, lock.inputs) = (definition.artifacts, definition.inputsDigest)
            return NewPins(text: text, lock: lock)
        }
        downloads.noteIgnored(environment, progress: progress)
        if let lock = pins.lock, lock.codename != definition.codename {
            progress(.note("Debian \(lock.codename) becomes \(definition.codename): all packages are updated."))
        }
        let resolution = LockResolution(
            definition: definition, files: DefinitionFiles(directory: pins.definitionFile.removingLastComponent()),
            previous: pins.lock, scope: scope(for: definition),
            archives: try downloads.archives(codename: definition.codename, environment),
            snapshots: pins.lock.map { downloads.snapshots(of: $0, codename: definition.codename) } ?? [], store: store,
            now: environment.now, expired: expired,
            transport: environment.transport, service: downloads.service)
        return NewPins(text: text, lock: try await resolution.run(progress: progress))
    }

    /// Another Debian release has other versions of every package.
    private func scope(for definition: ImageDefinition) -> UpdateScope {
        guard let lock = pins.lock, lock.codename == definition.codename else { return .all }
        return scope ?? .missing
    }
}

/// The two files that `resolve` reads and writes.
struct PinFiles: Sendable {
    let definitionFile: FilePath
    let lockFile: FilePath
    /// The definition's text.
    let text: String
    let definition: ImageDefinition
    /// The lock, if it exists.
    let lock: VersionsLock?

    /// - Throws: `DefinitionError`, `LockError`, `FileError`.
    init(_ image: ImageOptions, _ environment: CommandEnvironment) throws {
        definitionFile = image.directory(environment).appending("image.yaml")
        lockFile = image.lockFile(environment)
        text = try ImageDefinition.text(definitionFile)
        definition = try ImageDefinition.parse(text, of: definitionFile)
        lock =
            Files.exists(lockFile)
            ? try VersionsLock.load(lockFile) : nil
    }

    /// Writes the changed files: both or none.
    ///
    /// - Throws: `FileError`.
    func write(_ new: NewPins) throws {
        if let text = new.text, text != self.text { try OutputFile(definitionFile).write(text.utf8) }
        if new.lock == lock { return }
        do { try OutputFile(lockFile).write(new.lock.serialized()) } catch {
            if new.text != nil { try OutputFile(definitionFile).write(text.utf8) }
            throw error
        }
    }
}

/// The result of `resolve`.
struct NewPins: Sendable {
    /// The definition's new text; `nil` when it is unchanged.
    let text: String?
    let lock: VersionsLock
}
