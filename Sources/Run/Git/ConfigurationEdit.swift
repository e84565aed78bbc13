// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// A change of a repository's `config` that keeps the file, and with it the mount that guards it: git itself replaces
/// it.
///
/// git works on a copy in a directory of the caller's; what became of the copy is written over the old bytes. A lock in
/// the project's state, which no container sees, keeps two changes from losing one another.
package struct ConfigurationEdit: Sendable {
    /// The file on the host, for messages.
    package let place: FilePath
    private let file: FileDescriptor
    private let old: [UInt8]

    /// Opens the configuration of the repository of which the first tree of `guarding` is a work tree.
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

    /// Lets git work on a copy in `directory`, which nobody else can write, and takes over what it made of it.
    ///
    /// - Parameters:
    ///   - arguments: Those of git-config(1), behind `--file`.
    /// - Returns: The exit status of git.
    /// - Throws: `RunError.toolFailed`, `FileError`.
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

    /// One write(2) where the kernel takes it whole, so that a reader hardly meets a half.
    private func overwrite(_ new: [UInt8]) throws {
        try file.seek(offset: 0, from: .start)
        try file.writeAll(new)
        guard ftruncate(file.rawValue, off_t(new.count)) == 0, fsync(file.rawValue) == 0 else {
            throw Errno(rawValue: errno)
        }
    }
}
