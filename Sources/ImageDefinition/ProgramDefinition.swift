// SPDX-License-Identifier: Apache-2.0

import Core

/// A program that is not a Debian package: a pinned release file for each platform, and its place in the image. The
/// coding agent is one of them.
package struct ProgramDefinition: Sendable, Hashable {
    /// The name; also of its file, where a release has one program.
    package let name: String
    /// Its version.
    package let version: String
    /// Whether it is the coding agent.
    package let isAgent: Bool
    /// Its release files by OCI platform, such as "linux/amd64".
    package let artifacts: [String: ArtifactDefinition]
    /// The kind of its release files.
    package let form: ReleaseForm
    /// The place of its files in the image.
    package let placement: ProgramPlacement
    /// The path of its licence in the release, below the stripped components; nil for
    /// `rootfs/usr/share/doc/NAME/copyright`.
    package let copyright: String?
    /// The license, the homepage and the name in advisories.
    package let origin: ProgramOrigin
    /// The position in the definition.
    package let place: DefinitionPlace
}

/// The kind of a release file.
package enum ReleaseForm: Sendable, Hashable {
    /// A tar in this compression.
    case tar(TarCompression)
    /// The program itself, which gets this time, in seconds since 1970.
    case file(date: Int64)
}

/// The compression of a tar.
package enum TarCompression: String, Sendable, Hashable {
    /// Any; `agent:` does not name it.
    case any = "tar"
    /// gzip.
    case gzip = "tar.gz"
    /// xz.
    case xz = "tar.xz"
}

/// The place of a program's files in the image.
package enum ProgramPlacement: Sendable, Hashable {
    /// One file of the release, which has the program's name, at this path with these permission bits.
    case file(path: String, mode: UInt16)
    /// All files of the release, without the first components of their paths, below a directory of their own; links in
    /// `/usr/local/bin` lead to these paths below it.
    case tree(directory: String, strip: Int, links: [String])
}

/// Facts about a program that do not change its files.
package struct ProgramOrigin: Sendable, Hashable {
    /// An SPDX license expression; nil when the definition has none.
    package let license: String?
    /// The URL of the homepage; nil when the definition has none.
    package let homepage: String?
    /// `VENDOR:PRODUCT` of its CPE (NIST IR 7695); nil when the definition has none.
    package let cpe: String?
}

/// A release file of a program for one platform.
package struct ArtifactDefinition: Sendable, Hashable {
    /// The URL, with `{version}` in place of the version.
    package let template: String
    /// The URL.
    package let url: String
    /// The digest of the file.
    package let sha256: Digest

    /// The URL for another version.
    package func url(version: String) -> String { template.replacing("{version}", with: version) }
}

extension ProgramDefinition {
    /// The directory of commands that are not Debian's (FHS 3.0, section 4.9).
    package static let commands = "/usr/local/bin"

    /// The path that starts the program, when it has a command of its own name.
    package var command: String? {
        switch placement {
        case .file(let path, _): path
        case .tree(_, _, let links): links.lazy.map(Self.link).first { $0 == "\(Self.commands)/\(name)" }
        }
    }

    /// The link to `path`, a path below the program's directory.
    package static func link(to path: String) -> String {
        "\(commands)/\(path.split(separator: "/").last.map(String.init) ?? path)"
    }

    /// The path of the licence's text in the image (Debian Policy 12.5).
    package var copyrightFile: String { "/usr/share/doc/\(name)/copyright" }

    /// The paths in the image that belong to the program alone: files, links, and the directory with its files.
    package var ownPaths: [String] {
        let documentation = copyright == nil ? [] : [copyrightFile]
        switch placement {
        case .file(let path, _): return [path] + documentation
        case .tree(let directory, _, let links): return [directory] + links.map(Self.link) + documentation
        }
    }
}

extension ImageDefinition {
    /// The coding agent, if there is one.
    package var agent: ProgramDefinition? { programs.first(where: \.isAgent) }
}
