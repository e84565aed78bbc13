// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage

/// The name and version of the images that are built from a definition on this machine.
///
/// It is the definition's own name. A definition that kept the name of the program's own one, and has other contents,
/// gets a suffix that follows from its directory: otherwise each would replace the other's images.
package struct LocalImageName: Hashable, Sendable {
    /// The name without a version, such as "opencode-docker".
    package let name: String
    /// The definition's own name, which older versions of the program used for every definition.
    private let plainName: String
    private let version: String

    /// The name of the images of `definition`.
    ///
    /// - Parameters:
    ///   - directory: The directory of the definition.
    ///   - stock: The directory of the program's own definition; `nil` without one.
    package init(of definition: ImageDefinition, in directory: FilePath, stock: FilePath?) {
        (plainName, version) = (definition.name, definition.version)
        let isOwn = stock.map { Self.differs(definition, directory, from: $0) } ?? false
        name = isOwn ? "\(definition.name)-\(Self.suffix(of: directory))" : definition.name
    }

    /// Whether the name has a suffix that follows from the definition's directory.
    package var isDerived: Bool { name != plainName }

    /// Whether a name and tag is that of a definition that kept the name `plain`: with a suffix that follows from its
    /// directory.
    package static func isDerived(_ name: String, from plain: String) -> Bool {
        let prefix = "\(plain)-"
        guard name.hasPrefix(prefix), let end = name.firstIndex(of: ":") else { return false }
        let suffix = name[..<end].dropFirst(prefix.count)
        return suffix.utf8.count == 8 && suffix.allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }

    /// The name and tag of the image, with the coding agent or without.
    package func tag(base: Bool) -> String { "\(name):\(suffixed(base))" }

    /// The name and tag that older versions of the program gave the image; `nil` when it is the same.
    package func formerTag(base: Bool) -> String? { isDerived ? "\(plainName):\(suffixed(base))" : nil }

    private func suffixed(_ base: Bool) -> String { base ? "\(version)\(SemanticVersion.baseSuffix)" : version }

    /// Whether `definition` has the name of the definition in `stock`, and other contents.
    private static func differs(
        _ definition: ImageDefinition, _ directory: FilePath, from stock: FilePath
    ) -> Bool {
        guard let known = try? ImageDefinition.load(stock.appending("image.yaml")), known.name == definition.name,
            real(directory) != real(stock)
        else { return false }
        guard let own = try? DefinitionContents.digest(of: directory) else { return true }
        return own != (try? DefinitionContents.digest(of: stock))
    }

    private static func suffix(of directory: FilePath) -> String {
        String(Digest(of: real(directory).utf8).hex.prefix(8))
    }

    /// The path without symbolic links; as it is when it cannot be resolved.
    private static func real(_ directory: FilePath) -> String {
        guard let resolved = realpath(directory.string, nil) else { return directory.string }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
