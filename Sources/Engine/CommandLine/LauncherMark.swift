// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// Identifies the launcher of a container, stored as a label: the next launcher removes the containers of a killed one.
package struct LauncherMark: Hashable, Sendable {
    /// The label's name.
    package static let label = "opencode-docker.launcher"

    /// The machine (machine-id(5)). A remote engine also has containers of other machines, which are not touched.
    package let machine: String
    /// The machine's boot: `/proc/sys/kernel/random/boot_id`.
    package let boot: String
    /// The PID namespace of the launcher.
    package let space: String
    /// The PID of the launcher.
    package let process: Int32
    /// The start time of the process, in ticks since the boot (proc(5), `starttime`): PIDs are reused.
    package let began: UInt64

    /// Creates a mark from its parts.
    package init(machine: String, boot: String, space: String, process: Int32, began: UInt64) {
        self.machine = machine
        self.boot = boot
        self.space = space
        self.process = process
        self.began = began
    }

    /// The mark of this process.
    ///
    /// - Throws: `FileError`.
    package static func own() throws -> LauncherMark {
        let process = getpid()
        return LauncherMark(
            machine: Self.word("/etc/machine-id"), boot: Self.word("/proc/sys/kernel/random/boot_id"),
            space: (try? Files.target(of: "/proc/self/ns/pid")).map { "\($0)" } ?? "-", process: process,
            began: Self.beginning(of: process) ?? 0)
    }

    /// Parses a label's value; `nil` when this program did not write it.
    package init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 5, let process = Int32(words[3]), let began = UInt64(words[4]) else { return nil }
        self.init(machine: words[0], boot: words[1], space: words[2], process: process, began: began)
    }

    /// The label's value.
    package var text: String { "\(machine) \(boot) \(space) \(process) \(began)" }

    /// Returns whether the launcher has certainly ended, as seen by the launcher `own`.
    ///
    /// - Parameter beginning: Returns the start time of a process; `nil` when no such process exists.
    package func isOrphan(seenBy own: LauncherMark, beginning: (Int32) -> UInt64? = Self.beginning) -> Bool {
        if boot != own.boot { return machine == own.machine && machine != "-" }
        return space == own.space && beginning(process) != began
    }

    /// Returns the start time of a process (proc(5), field 22 of `stat`; field 2, a name, may contain spaces and
    /// parentheses).
    package static func beginning(of process: Int32) -> UInt64? {
        guard let bytes = try? Files.read(FilePath("/proc/\(process)/stat"), limit: 1 << 14),
            let name = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = String(decoding: bytes[(name + 1)...], as: UTF8.self).split(separator: " ")
        return fields.count > 19 ? UInt64(fields[19]) : nil
    }

    private static func word(_ file: FilePath) -> String {
        let bytes = (try? Files.read(file, limit: 256)) ?? []
        let text = String(decoding: bytes.filter { $0 > 32 && $0 < 127 }, as: UTF8.self)
        return text.isEmpty ? "-" : text
    }
}
