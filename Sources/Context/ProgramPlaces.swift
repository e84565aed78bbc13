// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Core
import ImageDefinition
import SystemPackage

/// The paths of an image's programs, which no other part of the image may fill. The definition's parser compares the
/// programs with each other.
package struct ProgramPlaces: Sendable {
    private let programs: [ProgramDefinition]

    /// The places of `programs`.
    package init(of programs: [ProgramDefinition]) { self.programs = programs }

    /// Compares them with `rootfs` below a definition's directory.
    ///
    /// - Throws: `ContextError.programPath`, `.missingCopyright`, `.oddFile`; `FileError`.
    package func check(below directory: FilePath) throws {
        let rootfs = directory.appending("rootfs")
        guard !programs.isEmpty, Files.exists(rootfs) else { return }
        try check(RootFilesDirectory(directory: rootfs, mtime: 0, firstStart: FirstStart(packages: [])).overlay())
    }

    /// Compares them with `image/rootfs`, which also has the licences that releases lack.
    ///
    /// - Throws: `ContextError.programPath`, `.missingCopyright`.
    func check(_ rootfs: Overlay) throws {
        let files = Set(rootfs.items.filter { $0.entry.kind != .directory }.map { "/\($0.entry.path)" })
        for program in programs {
            for path in program.ownPaths {
                let other = files.first { $0 == path || $0.hasPrefix(path + "/") || path.hasPrefix($0 + "/") }
                guard let other else { continue }
                throw ContextError.programPath(program.place, path: other, owner: "image/rootfs")
            }
            // Definitions of an agent without its licence are older than this rule.
            guard program.copyright == nil, !program.isAgent, !files.contains(program.copyrightFile) else { continue }
            throw ContextError.missingCopyright(
                program.place, name: program.name, file: program.copyrightFile)
        }
    }

    /// Compares them with the packages.
    ///
    /// - Throws: `ContextError.programPath`.
    func check(_ packages: PackageFiles) throws {
        for program in programs {
            for path in program.ownPaths {
                guard let owner = packages.owner(of: try ArchivePath(String(path.dropFirst()))) else { continue }
                throw ContextError.programPath(
                    program.place, path: path, owner: "the package '\(owner.facts.name)'")
            }
        }
    }
}
