// SPDX-License-Identifier: Apache-2.0

import Core

/// The source with the program's own version, in a project with the program and not only an image.
struct ProgramSource {
    static let path = "Sources/Commands/ProgramVersion.swift"
    private let text: String

    init(_ bytes: [UInt8]) { text = String(decoding: bytes, as: UTF8.self) }

    /// The source with another version, and nothing else changed.
    ///
    /// - Throws: `ReleaseError.programVersion` unless the version is in exactly one place.
    func moving(to version: SemanticVersion) throws(ReleaseError) -> String {
        let places = text.ranges(of: /static let current = "[^"\n]*"/)
        guard places.count == 1, let place = places.first else { throw .programVersion(Self.path) }
        return text.replacingCharacters(in: place, with: "static let current = \"\(version)\"")
    }
}

extension String {
    fileprivate func replacingCharacters(in place: Range<Index>, with new: String) -> String {
        "\(self[..<place.lowerBound])\(new)\(self[place.upperBound...])"
    }
}
