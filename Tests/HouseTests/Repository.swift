// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The checkout that these tests were compiled from.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The text of a file, by its path from the root.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The Swift files below a directory, sorted, as paths from the root. Fixtures are excluded as data.
    static func swiftFiles(below directory: String) throws -> [String] {
        let prefix = root.appending(path: directory).path
        let names = FileManager.default.enumerator(atPath: prefix)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".swift") && !$0.contains("/Fixtures/") }.map { "\(directory)/\($0)" }
            .sorted()
    }

    /// The names of the subdirectories of `directory`, sorted.
    static func directories(in directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(
            at: root.appending(path: directory), includingPropertiesForKeys: [.isDirectoryKey]
        )
        .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }
        .map(\.lastPathComponent).sorted()
    }
}
