// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// Changes a repository's `config` without replacing the file, which git itself would do, so that the mount that guards
/// it is kept.
///
/// git edits a copy in a directory of the caller's; the result is written over the old bytes. A lock in the project's
/// state, which no container sees, serializes changes.
package struct ConfigurationEdit: Sendable {
    /// The path on the host, for messages.
    package let place: FilePath
    private let file: FileDescriptor
    private let old: [UInt8]

    /// Opens the configuration of the repository whose work tree is the first tree of `guarding`.
    ///
    /// - Throws: `RunError.notRepository`, `FileError`.
    package init(_ guarding: GitGuard) throws {
        let place = guarding.trees[0].tree.path
        guard let repository = guarding.workTrees.first(where: { $0.path == place })?.repository,
            let (number, path) = guarding.held.first(where: {
                guarding.trees[$0.number].tree.place($0.path) == repository
            })
        else { throw RunError.notRepository(place) }
        let (tree, config) = (guarding.trees[number].tree, path.appending("config"))
        self.place = tree.place(config)
        (file, old) = try mapErrno("open", self.place) {
            let file = try tree.open(config, O_RDWR)
            do {
                guard try ContainerTree.status(of: file).st_mode & S_IFMT == S_IFREG else {
                    throw Errno.invalidArgument
                }
                return (file, try file.readToEnd(limit: GitConfiguration.limit))
            } catch {
                try? file.close()
                throw error
            }
        }
    }

    /// Runs git on a copy in `directory`, which only the caller can write to, and copies the result back.
    ///
    /// - Parameters:
    ///   - arguments: The arguments of git-config(1) after `--file`.
    /// - Returns: The exit status of git.
    /// - Throws: `ProgramError`, `RunError.brokenConfiguration`, `FileError`.
    package func run(_ arguments: [String], in directory: FilePath, environment: [String: String]) throws -> Int32 {
        defer { try? file.close() }
        let copy = try ConfigurationCopy(old, in: directory)
        let status = try copy.change(arguments, environment: environment)
        let new = try copy.bytes
        if status == 0 && new != old {
            guard copy.isUnderstood(environment: environment) else { throw RunError.brokenConfiguration(place) }
            try mapErrno("write", place) { try overwrite(new) }
        }
        return status
    }

    /// Uses one write(2) if possible, so that readers hardly ever see a partial file.
    private func overwrite(_ new: [UInt8]) throws {
        try file.seek(offset: 0, from: .start)
        try file.writeAll(new)
        guard ftruncate(file.rawValue, off_t(new.count)) == 0, fsync(file.rawValue) == 0 else {
            throw Errno(rawValue: errno)
        }
    }
}
