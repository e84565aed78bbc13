// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import Glibc
import SystemPackage

/// The container's first process as seen from the host (proc(5)).
struct HostView: Sendable {
    let pid: Int32

    /// Its namespaces and privileges. Values that cannot be read are left out.
    var results: [ProbeResult] {
        [
            (.nsMnt, "mnt"), (.nsPid, "pid"), (.nsNet, "net"), (.nsIpc, "ipc"), (.nsUts, "uts"),
            (.nsCgroup, "cgroup"), (.nsUser, "user"),
        ].compactMap(namespace)
            + [
                (.nnp, "NoNewPrivs"), (.seccomp, "Seccomp"), (.capbnd, "CapBnd"), (.capeff, "CapEff"),
                (.capinh, "CapInh"), (.capamb, "CapAmb"),
            ].compactMap(status)
    }

    /// Whether the namespace differs from this program's, by the inode number in the link's text (namespaces(7)).
    private func namespace(_ probe: HostProbe, _ name: String) -> ProbeResult? {
        guard let theirs = Self.link("/proc/\(pid)/ns/\(name)"), let ours = Self.link("/proc/self/ns/\(name)") else {
            return nil
        }
        return ProbeResult(.host(probe), .host, .value(theirs == ours ? "shared" : "own"))
    }

    /// The kinds of namespaces that it shares with another process; one that cannot be read counts as shared.
    func shared(with other: Int32) -> [String] {
        ["mnt", "pid", "net", "ipc", "uts"].filter { name in
            guard let theirs = Self.link("/proc/\(other)/ns/\(name)") else { return true }
            return Self.link("/proc/\(pid)/ns/\(name)") == theirs
        }
    }

    private func status(_ probe: HostProbe, _ field: String) -> ProbeResult? {
        guard let bytes = try? Files.read(FilePath("/proc/\(pid)/status"), limit: 1 << 16) else { return nil }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("\(field):") }
        guard let line else { return nil }
        let value = line.dropFirst(field.utf8.count + 1).filter { $0 != "\t" && $0 != " " }
        return ProbeResult(.host(probe), .host, .value(String(value)))
    }

    private static func link(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = buffer.withUnsafeMutableBytes { room in
            room.baseAddress.map { readlink(path, $0, room.count) } ?? -1
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
