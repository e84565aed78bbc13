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
        guard userID != 0, let file = fileWithoutRange(of: userID) else { return }
        throw EngineError.noSubordinateIDs(user: name(of: userID), file: file)
    }

    /// The reason why Podman has no subordinate IDs of the caller: there are none, or it started before there were.
    package static var lack: EngineError {
        let (userID, user) = (getuid(), name(of: getuid()))
        return fileWithoutRange(of: userID).map { .noSubordinateIDs(user: user, file: $0) }
            ?? .unusedSubordinateIDs(user: user)
    }

    /// A range of 65536 IDs that no user has, as usermod(8) takes it.
    ///
    /// - Parameter texts: The contents of subuid(5) and subgid(5).
    package static func freeRange(_ texts: [String]) -> String {
        let ends = texts.flatMap { $0.split(separator: "\n") }.compactMap { line -> UInt64? in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 3, let first = UInt32(fields[1]), let count = UInt32(fields[2]) else { return nil }
            return UInt64(first) + UInt64(count)
        }
        let first = max(100_000, ends.max() ?? 0)
        return "\(first)-\(first + 65535)"
    }

    /// A range that no user of this machine has.
    static var freeRange: String {
        freeRange(files.map { String(decoding: (try? Files.read($0, limit: 1 << 22)) ?? [], as: UTF8.self) })
    }

    private static let files: [FilePath] = ["/etc/subuid", "/etc/subgid"]

    /// The first file without a range of the user; `nil` when both have one.
    private static func fileWithoutRange(of userID: UInt32) -> FilePath? {
        files.first { file in
            let text = String(decoding: (try? Files.read(file, limit: 1 << 22)) ?? [], as: UTF8.self)
            return !hasRange(in: text, user: name(of: userID), userID: userID)
        }
    }

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
