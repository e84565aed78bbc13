// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage
import Testing

@Suite(.enabled(if: Fixture.isPossible, "needs root in a mount namespace of its own"))
struct NetworkTests {
    static let connected: HardeningProfile = {
        var profile = HardeningProfile.configureStep
        profile.network = .full
        return profile
    }()

    /// apt itself with this machine's sources: name resolution and a mirror work.
    @Test(.enabled(if: Files.exists("/etc/apt/sources.list.d"), "needs Debian sources"))
    func aptUpdates() async throws {
        try await Fixture.with { fixture in
            let script = """
                apt-get update -q -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any 2>&1
                """
            let result = try await fixture.shell(script, profile: Self.connected)
            #expect(result.status == 0, "\(result.output)")
        }
    }

    @Test func theHostsLoopbackIsOutOfReach() async throws {
        try await Fixture.with { fixture in
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(listener) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let port = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    guard bind(listener, $0, length) == 0, listen(listener, 8) == 0 else { return 0 }
                    return getsockname(listener, $0, &length) == 0 ? 1 : 0
                }
            }
            #expect(port == 1)
            let number = UInt16(bigEndian: address.sin_port)
            let attempt =
                "for host in 127.0.0.1 $(sed -n 's/^[^\\t]*\\t00000000\\t//p' /proc/net/route | cut -f1) 10.0.2.2; do"
                + " timeout 3 bash -c \"exec 3<>/dev/tcp/$host/\(number)\" 2>/dev/null && echo reached $host; done; echo end"
            let result = try await fixture.shell(attempt, profile: Self.connected)
            #expect(result.output == "end\n")
            var host = Self.connected
            host.network = .host
            let reached = try await fixture.shell(attempt, profile: host)
            #expect(reached.output.contains("reached 127.0.0.1"))
        }
    }

    /// Services of systemd and children of Python start this program with SIGPIPE ignored.
    @Test func anIgnoredSignalIsNotPassedOnToTheHelper() async throws {
        let before = signal(SIGPIPE, SIG_IGN)
        defer { signal(SIGPIPE, before) }
        try await Fixture.with { fixture in
            let result = try await fixture.shell("cat /proc/net/route", profile: Self.connected)
            #expect(result.status == 0, "\(result.output)")
        }
    }

    @Test func theHelperEndsWithTheContainer() async throws {
        try await Fixture.with { fixture in
            let helper = try await fixture.engine.withContainer(
                fixture.plan(["/bin/sleep", "100"], profile: Self.connected)
            ) { container in
                let file = fixture.directory.appending("scratch").appending(container.id).appending("network.pid")
                let text = String(decoding: try Files.read(file, limit: 20), as: UTF8.self)
                return Int32(text.filter { !$0.isWhitespace }) ?? 0
            }
            #expect(helper > 1)
            // The helper may be a zombie until the machine's first process reaps it; a zombie has no command line.
            let commandLine = (try? Files.read(FilePath("/proc/\(helper)/cmdline"), limit: 1 << 16)) ?? []
            #expect(commandLine.isEmpty)
        }
    }
}
