// SPDX-License-Identifier: Apache-2.0

import Context
import Core
import Debian
import ImageDefinition
import Lockfile
import Resolve
import SystemPackage

/// One run of `resolve`: computes the new pins from the old ones, without writing.
package struct ResolveRun: Sendable {
    private let pins: PinFiles
    private let move: ProgramMove?
    private let scope: UpdateScope?
    private let host: BuildHost
    private let now: Int64
    private let expired: ExpiryRule

    /// Creates a run.
    ///
    /// - Parameters:
    ///   - move: A program's new version, if one changes.
    ///   - scope: The packages to update; `nil` for the program only.
    ///   - now: The current time, in seconds since 1970.
    package init(
        pins: PinFiles, move: ProgramMove?, scope: UpdateScope?, host: BuildHost, now: Int64, expired: ExpiryRule
    ) {
        self.pins = pins
        self.move = move
        self.scope = scope
        self.host = host
        self.now = now
        self.expired = expired
    }

    /// The new pins.
    ///
    /// - Throws: Errors of the program's update and the resolver; `ContextError` for a program in the place of other files.
    package func run(progress: @escaping ProgressSink) async throws -> NewPins {
        let text = try await move?.applied(
            to: pins.text, file: pins.definitionFile.string, host: host, progress: progress)
        let definition =
            try text.map { try ImageDefinition.parse($0, of: pins.definitionFile) } ?? pins.definition
        try ProgramPlaces(of: definition.programs).check(below: pins.definitionFile.removingLastComponent())
        if scope == nil, var lock = pins.lock, lock.inputs == pins.definition.inputsDigest {
            // The packages are unchanged, so no archive is needed.
            (lock.artifacts, lock.inputs) = (definition.artifacts, definition.inputsDigest)
            return NewPins(text: text, lock: lock)
        }
        host.sources.noteIgnored(progress: progress)
        if let lock = pins.lock, lock.codename != definition.codename {
            progress(.note("Debian \(lock.codename) becomes \(definition.codename): all packages are updated."))
        }
        let resolution = LockResolution(
            definition: definition, files: DefinitionFiles(directory: pins.definitionFile.removingLastComponent()),
            previous: pins.lock, scope: scope(for: definition), host: host, now: now, expired: expired)
        return NewPins(text: text, lock: try await resolution.run(progress: progress))
    }

    /// Another Debian release has other versions of every package.
    private func scope(for definition: ImageDefinition) -> UpdateScope {
        guard let lock = pins.lock, lock.codename == definition.codename else { return .all }
        return scope ?? .missing
    }
}

/// The two files that `resolve` reads and writes.
package struct PinFiles: Sendable {
    let definitionFile: FilePath
    private let lockFile: FilePath
    /// The definition's text.
    let text: String
    /// The definition.
    package let definition: ImageDefinition
    /// The lock, if it exists.
    package let lock: VersionsLock?

    /// Reads the definition in `directory`, and the lock if it exists.
    ///
    /// - Throws: `DefinitionError`, `LockError`, `FileError`.
    package init(directory: FilePath, lockFile: FilePath) throws {
        definitionFile = directory.appending("image.yaml")
        self.lockFile = lockFile
        text = try ImageDefinition.text(definitionFile)
        definition = try ImageDefinition.parse(text, of: definitionFile)
        lock =
            Files.exists(lockFile)
            ? try VersionsLock.load(lockFile) : nil
    }

    /// Writes the changed files: both or none.
    ///
    /// - Throws: `FileError`.
    package func write(_ new: NewPins) throws {
        if let text = new.text, text != self.text { try OutputFile(definitionFile).write(text.utf8) }
        if new.lock == lock { return }
        do { try OutputFile(lockFile).write(new.lock.serialized()) } catch {
            if new.text != nil { try OutputFile(definitionFile).write(text.utf8) }
            throw error
        }
    }
}

/// The result of `resolve`.
package struct NewPins: Sendable {
    /// The definition's new text; `nil` when it is unchanged.
    let text: String?
    /// The new lock.
    package let lock: VersionsLock
}
