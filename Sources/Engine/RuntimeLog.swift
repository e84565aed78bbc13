// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage

/// The log of an OCI runtime (`--log-format json`): one object per line.
package enum RuntimeLog {
    private struct Entry: Decodable {
        let level: String?
        let msg: String
    }

    /// The last error in the file; `nil` when there is none.
    static func failure(in path: FilePath) -> String? {
        guard let bytes = try? Files.read(path, limit: 1 << 22) else { return nil }
        return failure(in: bytes)
    }

    /// The last error in the lines `bytes`: a line with the level error or fatal, or without a level, as crun writes
    /// it.
    package static func failure(in bytes: [UInt8]) -> String? {
        let entries = bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            try? JSONDecoder().decode(Entry.self, from: Data($0))
        }
        let last = entries.last { ["error", "fatal", nil].contains($0.level) }
        return last.map { String($0.msg.prefix(500)).trimmingSuffix(".") }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
