// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Launching
import SystemPackage

/// The facts about the machine for a bug report, without private data.
package struct MachineReport: Encodable, Hashable {
    /// The document's schema.
    package var schema = "opencode-docker.doctor/1"
    /// The program's version.
    package var version = ProgramVersion.current
    /// The kernel, the distribution, the processors.
    package let system: [String: String]
    /// The findings of `doctor`.
    package let findings: [Finding]
    /// The environment variables that this program reads; for those with possibly private values, only that they are
    /// set.
    package let settings: [String: String]
    /// The size of the store by kind.
    package let store: [String: UInt64]

    /// One finding of `doctor`.
    package struct Finding: Encodable, Hashable {
        /// "good", "note" or "bad".
        package let verdict: String
        /// The finding.
        package let what: String
        /// A command or sentence that fixes it.
        package let fix: String?

        /// Creates a finding.
        package init(verdict: String, what: String, fix: String?) {
            (self.verdict, self.what, self.fix) = (verdict, what, fix)
        }
    }

    /// Creates a report; all texts are redacted with `redaction`.
    package init(
        system: [String: String], findings: [Finding], environment: [String: String], store: [String: UInt64],
        redaction: Redaction
    ) {
        self.system = system.mapValues(redaction.apply)
        self.findings = findings.map {
            Finding(
                verdict: $0.verdict, what: redaction.apply($0.what).sanitized,
                fix: $0.fix.map { redaction.apply($0).sanitized })
        }
        settings = Self.settings(environment)
        self.store = store
    }

    /// Values from this program's own vocabulary are printed; of all others only "set".
    private static func settings(_ environment: [String: String]) -> [String: String] {
        let others = [
            "DOCKER_HOST", "CONTAINER_HOST", "http_proxy", "https_proxy", "no_proxy", "SSH_AUTH_SOCK",
            "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NO_COLOR", "APT_CONFIG",
        ]
        let plain = [
            "ENGINE", "PROFILE", "PROGRESS", "FORMAT", "BASE", "QUIET", "VERBOSE", "NETWORK", "SSH", "DRY_RUN",
        ]
        let read = environment.filter { $0.key.hasPrefix(OptionVariables.prefix) || others.contains($0.key) }
        return Dictionary(
            uniqueKeysWithValues: read.map { name, value in
                let isPlain =
                    plain.contains(String(name.dropFirst(OptionVariables.prefix.count)))
                    && name.hasPrefix(OptionVariables.prefix) && value.count <= 20
                    && value.allSatisfy { ($0.isLetter && $0.isASCII) || ($0.isNumber && $0.isASCII) }
                return (name.sanitized, isPlain ? value : "set")
            })
    }

    /// The report as Markdown, for an issue.
    package var markdown: String {
        let rows = { (values: [String: String]) in
            values.sorted { $0.key < $1.key }.map { "| \($0.key) | \($0.value.sanitized) |\n" }.joined()
        }
        let lines = findings.map { finding in
            "\(finding.verdict.padded(to: 6))\(finding.what)\n" + (finding.fix.map { "      fix: \($0)\n" } ?? "")
        }
        return """
            ### opencode-docker \(version)

            | | |
            |---|---|
            \(rows(system))\(rows(settings))\(rows(store.mapValues { ByteSize($0).description }))
            ```
            \(lines.joined())```

            """
    }
}

extension CommandEnvironment {
    /// The kernel, the distribution, the processors and the memory.
    var system: [String: String] {
        var names = utsname()
        uname(&names)
        func text(_ bytes: some Any) -> String {
            withUnsafeBytes(of: bytes) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        let release =
            (try? Files.read("/etc/os-release", limit: 1 << 16)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let name = release.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }?.dropFirst(12)
        return [
            "kernel": "\(text(names.sysname)) \(text(names.release)) \(text(names.machine))",
            "distribution": name.map { $0.filter { $0 != "\"" } } ?? "unknown",
            "processors": "\(cores)",
            "memory": ByteSize(UInt64(sysconf(Int32(_SC_PHYS_PAGES))) * UInt64(getpagesize())).description,
            "user": geteuid() == 0 ? "root" : "not root",
        ]
    }

    /// The private parts of the environment.
    var redaction: Redaction {
        var names = utsname()
        uname(&names)
        let machine = withUnsafeBytes(of: names.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let user = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) }
        return Redaction(
            environment: variables, home: caller.home.string,
            names: [user, variable("USER"), variable("LOGNAME"), machine].compactMap { $0 })
    }
}
