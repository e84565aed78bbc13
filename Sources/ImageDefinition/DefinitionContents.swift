// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import OCI
import SystemPackage

/// The files of a definition that decide the files and settings of its images.
///
/// Package files beside it are pinned by digest in `image.yaml`; `hardening.yaml` decides about containers.
package enum DefinitionContents {
    /// The label of an image with the digest of its inputs.
    package static let label = "opencode-docker.inputs"

    /// The value of the label: the definition and the lock that the image was built from, whatever program built it.
    ///
    /// - Parameters:
    ///   - directory: The directory of the definition.
    ///   - lock: The digest of the lock's canonical text.
    ///   - includesPrograms: Whether the image contains the programs.
    /// - Throws: `FileError`.
    package static func inputs(
        of directory: FilePath, lock: Digest, platform: Platform, includesPrograms: Bool
    ) throws -> String {
        let parts = [
            "opencode-docker image inputs 1", platform.description, "\(includesPrograms)", lock.hex,
            try digest(of: directory).hex,
        ]
        return Digest(of: parts.joined(separator: "\n").utf8).description
    }

    /// The digest of the files, with what counts in an image: paths, contents, targets of links, and whether a file is
    /// executable.
    ///
    /// - Throws: `FileError`.
    package static func digest(of directory: FilePath) throws -> Digest {
        var lines = try ["image.yaml", "configure"].map {
            "\($0) \(Digest(of: try Files.read(directory.appending($0), limit: 1 << 20)).hex)"
        }
        try append(below: "rootfs", of: directory, to: &lines)
        return Digest(of: lines.joined(separator: "\n").utf8)
    }

    private static func append(below path: String, of directory: FilePath, to lines: inout [String]) throws {
        for name in try Files.list(directory.pushing(FilePath(path))).sorted() {
            let (path, file) = ("\(path)/\(name)", directory.pushing(FilePath("\(path)/\(name)")))
            let mode = try Files.status(of: file).st_mode
            switch mode & S_IFMT {
            case S_IFDIR:
                lines.append("directory \(path)")
                try append(below: path, of: directory, to: &lines)
            case S_IFLNK: lines.append("link \(path) \(try Files.target(of: file))")
            default:
                let digest = Digest(of: try Files.read(file, limit: 1 << 24)).hex
                lines.append("\(mode & 0o100 == 0 ? "file" : "program") \(path) \(digest)")
            }
        }
    }
}
