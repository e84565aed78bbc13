// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The ranges of UIDs and GIDs that an ordinary user may map into a container (subuid(5), subgid(5)).
package enum SubordinateIDs {
    /// Checks that the user has such ranges; the machine's root needs none.
    ///
    /// - Throws: `EngineError.noSubordinateIDs`.
    static func check(userID: UInt32) throws {
        guard userID != 0 else { return }
        let user = name(of: userID)
        for file: FilePath in ["/etc/subuid", "/etc/subgid"] {
            let text = String(decoding: (try? Files.read(file, limit: 1 << 22)) ?? [], as: UTF8.self)
            guard hasRange(in: text, user: user, userID: userID) else {
                throw EngineError.noSubordinateIDs(user: user, file: file)
            }
        }
    }

    /// The caller's name, or its UID without one.
    static var currentUser: String { name(of: getuid()) }

    private static func name(of userID: UInt32) -> String {
        getpwuid(userID).map { String(cString: $0.pointee.pw_name) } ?? "\(userID)"
    }

    /// Returns whether `text` has a line `name:first:count` of the user, by name or UID.
    package static func hasRange(in text: String, user: String, userID: UInt32) -> Bool {
        text.split(separator: "\n").contains { line in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 3, let count = UInt32(fields[2]), UInt32(fields[1]) != nil else { return false }
            return (fields[0] == user || fields[0] == "\(userID)") && count >= 65536
        }
    }
}
