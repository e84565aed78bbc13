// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import ImageDefinition

/// The paths of an image's programs, which no other part of the image may fill. The definition's parser compares the
/// programs with each other.
struct ProgramPlaces {
    private let programs: [ProgramDefinition]

    init(of request: ContextRequest) { programs = request.programs }

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
