// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Looks for control groups (cgroups(7)).
enum ControlGroups {
    /// Returns the groups whose names match, up to two levels below the root of each hierarchy.
    static func named(_ isWanted: (String) -> Bool) -> [String] {
        let top = FilePath("/sys/fs/cgroup")
        var found: [String] = []
        var level = [top]
        for _ in 0..<4 {
            level = level.flatMap { directory in ((try? Files.list(directory)) ?? []).map { directory.appending($0) } }
            found += level.filter { $0.lastComponent.map { isWanted($0.string) } ?? false }.map(\.string)
        }
        return found
    }
}

/// Looks for mounts of this process (proc(5), `mountinfo`).
enum OwnMounts {
    /// Returns the mount points whose description contains `word`.
    static func mentioning(_ word: String) -> [String] {
        guard let bytes = try? Files.read("/proc/self/mountinfo", limit: 1 << 24) else { return ["unknown"] }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return lines.filter { $0.contains(word) }.compactMap { line in
            line.split(separator: " ").dropFirst(4).first.map(String.init)
        }
    }
}
