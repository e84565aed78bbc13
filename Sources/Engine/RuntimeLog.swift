// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage

/// What a runtime wrote about itself (`--log-format json`): one object a line.
package enum RuntimeLog {
    private struct Entry: Decodable {
        let level: String?
        let msg: String
    }

    /// The last complaint in the file; `nil` when there is none.
    static func failure(in path: FilePath) -> String? {
        guard let bytes = try? Files.read(path, limit: 1 << 22) else { return nil }
        return failure(in: bytes)
    }

    /// The last complaint among the lines `bytes`: an error, or a line without a level, as crun writes it.
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
