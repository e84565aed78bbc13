// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import Run
import SystemPackage

/// A file in memory with the variables of the user's process, which a container reads behind its entrypoint. The file is
/// removed when it was read; the container keeps its mount.
struct UserVariableFile: Sendable {
    private let directory: SessionDirectory
    private var file: FilePath { directory.inner.appending("environment") }

    /// Writes the file.
    ///
    /// - Returns: `nil` without variables.
    /// - Throws: `EngineError.variableNotPassed`, `.unusableVariable`, `RunError`, `FileError`.
    init?(_ variables: [String], for engine: EngineKind, _ caller: Caller) throws {
        guard !variables.isEmpty else { return nil }
        let script = try VariableScript.text(variables, for: engine)
        directory = try caller.sessionDirectory()
        do { try directory.put(script, as: "environment") } catch {
            directory.remove()
            throw error
        }
        FirstReader.removesAfterReading(file)
    }

    /// The plan that reads the file.
    ///
    /// - Parameter count: The number of arguments that are the entrypoint.
    func given(to plan: ContainerPlan, behind count: Int) -> ContainerPlan {
        plan.givingVariables(in: file, behind: count)
    }

    /// Removes the directory.
    func remove() { directory.remove() }
}

/// The first program that reads a file.
enum FirstReader {
    /// Removes the file when the first reader closes it, or stops waiting when it is removed (inotify(7)).
    static func removesAfterReading(_ file: FilePath) {
        let watch = inotify_init1(Int32(IN_CLOEXEC))
        guard watch >= 0 else { return }
        guard inotify_add_watch(watch, file.string, UInt32(IN_CLOSE_NOWRITE)) >= 0 else {
            close(watch)
            return
        }
        BackgroundThread.detach {
            var event = [UInt8](repeating: 0, count: 4096)
            while read(watch, &event, event.count) < 0 && errno == EINTR {}
            unlink(file.string)
            close(watch)
        }
    }
}
