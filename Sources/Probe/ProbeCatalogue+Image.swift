// SPDX-License-Identifier: Apache-2.0

import CProbe
import Claims
import Glibc

extension ProbeCatalogue {
    /// The contents of the image's files.
    static let image: [Probe] = [
        Probe(.imageFile(.osID)) { _ in .value(osRelease("ID") ?? "absent") },
        Probe(.imageFile(.osCodename)) { _ in .value(osRelease("VERSION_CODENAME") ?? "absent") },
        Probe(.imageFile(.aptSuites)) { _ in ProbeOutcome(list: suites()) },
        Probe(.imageFile(.setID)) { walked($0, cprobe_kind_set_id) },
        Probe(.imageFile(.fileCapabilities)) { walked($0, cprobe_kind_capability) },
        Probe(.imageFile(.devices)) { walked($0, cprobe_kind_device) },
        Probe(.imageFile(.sockets)) { walked($0, cprobe_kind_socket) },
        Probe(.imageFile(.unread)) { walked($0, cprobe_kind_unread) },
        Probe(.imageFile(.setIDSudo)) { _ in opening("/usr/bin/sudo", O_RDONLY) },
    ]

    /// os-release(5): a quoted or bare value.
    private static func osRelease(_ key: String) -> String? {
        let line = lines(of: "/etc/os-release")?.first { $0.hasPrefix(key + "=") }
        return line.map { String($0.dropFirst(key.count + 1).filter { $0 != "\"" }) }
    }

    /// The suites in apt's sources, in both formats (sources.list(5)).
    private static func suites() -> [String] {
        let directory = "/etc/apt/sources.list.d"
        let files = ["/etc/apt/sources.list"] + (names(in: directory) ?? []).map { "\(directory)/\($0)" }
        return Set(files.flatMap { (lines(of: $0) ?? []).flatMap(suites(in:)) }).sorted()
    }

    private static func suites(in line: Substring) -> [String] {
        let words = line.split { $0 == " " || $0 == "\t" }
        switch words.first {
        case "Suites:": return words.dropFirst().map(String.init)
        case "deb", "deb-src":
            let afterOptions = words.dropFirst().drop { $0.hasPrefix("[") && !$0.hasSuffix("]") }
            let rest = afterOptions.drop { $0.hasPrefix("[") || $0.hasSuffix("]") }
            return rest.dropFirst().prefix(1).map(String.init)
        default: return []
        }
    }

    /// The paths of one kind of file.
    private static func walked(_ setting: Setting, _ kind: Int) -> ProbeOutcome {
        ProbeOutcome(
            list: (FileWalk.found[kind] ?? []).filter { path in
                !setting.skipped.contains { path == $0 || path.hasPrefix($0 + "/") }
            })
    }
}
