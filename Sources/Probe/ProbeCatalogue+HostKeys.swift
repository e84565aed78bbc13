// SPDX-License-Identifier: Apache-2.0

import CProbe
import Claims
import Glibc

extension ProbeCatalogue {
    /// The handling of host keys by the image's ssh client, with the image's configuration for the user. The server is
    /// this program (`SSHServer`).
    static let hostKeys: [Probe] = [
        asUser(.hostKey(.firstContact)) { reach("probe-\(getpid()).invalid", key: "1") },
        // The second key is refused because the client remembered the first one.
        asUser(.hostKey(.changedKey)) {
            let name = "probe-\(getpid()).invalid"
            let answers = [reach(name, key: "1"), reach(name, key: "1"), reach(name, key: "2")]
            return answers.joined(separator: " then ")
        },
        asUser(.hostKey(.githubKey)) { reach("github.com", key: "github") },
        asUser(.hostKey(.githubOther)) { reach("github.com", key: "1") + " and " + reach("ssh.github.com", key: "1") },
    ]

    private static func asUser(_ id: ProbeID, _ look: @escaping @Sendable () -> String) -> Probe {
        Probe(id) { _ in geteuid() == 0 ? .value("not asked as root") : .value(look()) }
    }

    /// Returns `accepted` or `refused`, from the output of ssh(1): after accepting a key it reports an invalid
    /// signature.
    private static func reach(_ host: String, key: String) -> String {
        var own = [UInt8](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &own, own.count)
        let program = String(decoding: own[..<max(count, 0)], as: UTF8.self)
        let said = output(
            of: [
                "/usr/bin/ssh", "-n", "-T", "-o", "BatchMode=yes", "-o", "ProxyCommand=\(program) --ssh-server \(key)",
                host, "true",
            ])
        if said.contains("Host key verification failed") { return "refused" }
        if said.contains("incorrect signature") { return "accepted" }
        return said.split(separator: "\n").last.map { String($0.prefix(100)) } ?? "nothing was said"
    }

    /// The standard error of a program.
    private static func output(of arguments: [String]) -> String {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return "no pipe" }
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        let child = cprobe_spawn(&pointers, ends[1])
        close(ends[1])
        defer { close(ends[0]) }
        guard child > 0 else { return "cannot run \(arguments[0])" }
        let said = String(decoding: Bytes.readAll(ends[0], limit: 1 << 16), as: UTF8.self)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        return said.isEmpty && (status >> 8) & 0xff == 127 ? "there is no \(arguments[0])" : said
    }
}
