// SPDX-License-Identifier: Apache-2.0

import Core
import ImageBuilding
import OCI
import Registry
import SystemPackage

/// The place of an image on the command line: `registry/path[:tag][@digest]` or `oci:DIR[:TAG]`.
enum RepositoryPlace: Hashable {
    case registry(ImageReference)
    case layout(FilePath, tag: String?)

    /// Parses the name of an existing image.
    ///
    /// - Throws: `OCIError.invalidReference`, `CommandError.notALayout`, `RegistryError.noRegistry`.
    init(existing text: String) throws {
        if let layout = try LayoutReference(text) {
            self = .layout(layout.directory, tag: layout.tag)
        } else {
            self = .registry(try Self.reference(text))
        }
    }

    /// Parses the name of a destination. A layout's tag follows the last colon, unless that is part of the path.
    ///
    /// - Throws: As `init(existing:)`; `OutputError.link`, `FileError`.
    init(new text: String) throws {
        guard text.hasPrefix("oci:") else {
            self = .registry(try Self.reference(text))
            return
        }
        let rest = text.dropFirst("oci:".count)
        let colon = rest.lastIndex(of: ":").flatMap { rest[$0...].contains("/") ? nil : $0 }
        let directory = rest[..<(colon ?? rest.endIndex)]
        guard !directory.isEmpty else { throw CommandError.notALayout(text) }
        try OutputDestination.layout(FilePath(String(directory))).checkPath()
        self = .layout(FilePath(String(directory)), tag: colon.map { String(rest[rest.index(after: $0)...]) })
    }

    private static func reference(_ text: String) throws -> ImageReference {
        let reference = try ImageReference(text)
        guard reference.registry != nil else { throw RegistryError.noRegistry(text) }
        return reference
    }

    /// The tag of the command line.
    var tag: String? {
        switch self {
        case .registry(let reference): reference.tag
        case .layout(_, let tag): tag
        }
    }

    /// Whether it names a whole repository, not one image in it.
    var isRepository: Bool {
        switch self {
        case .registry(let reference): reference.tag == nil && reference.digest == nil
        case .layout(_, let tag): tag == nil
        }
    }

    /// The name of the manifest: the digest or else the tag; the only image of a layout, or `latest` of a registry.
    ///
    /// - Throws: `CommandError.ambiguousLayout`, `OCIError`.
    func manifestName() throws -> ManifestName {
        switch self {
        case .registry(let reference): return reference.digest.map { .digest($0) } ?? .tag(reference.tag ?? "latest")
        case .layout(let directory, let tag):
            return .tag(try LayoutReference(directory: directory, tag: tag).chosenTag())
        }
    }

    /// Opens the repository.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    func open(for access: RepositoryAccess, _ settings: RegistrySettings) async throws
        -> any BlobSource & BlobDestination
    {
        switch self {
        case .registry(let reference):
            try await RegistryRepository.connect(to: reference, for: access, settings: settings)
        case .layout(let directory, _): LayoutRepository(root: directory, name: directory.string)
        }
    }
}
