// SPDX-License-Identifier: Apache-2.0

import CProbe
import Claims
import Glibc

extension ProbeCatalogue {
    /// One probe per capability (capabilities(7)), which succeeds when the capability is held. They are meaningful only
    /// with UID 0, whose effective set is the container's.
    static let capabilities: [Probe] = [
        Probe(.capability(.chown)) { setting in
            withScratchFile(setting) { ProbeOutcome(call: chown($0, stranger, stranger) == 0 ? 0 : Int(-errno)) }
        },
        Probe(.capability(.fowner)) { setting in
            withForeignFile(setting, mode: 0o600) { path in
                withAddress(path) { attempt(cprobe_nr_fchmodat, -100, $0, 0o640) }
            }
        },
        Probe(.capability(.setuid)) { _ in attempt(cprobe_nr_setuid, Int(stranger)) },
        Probe(.capability(.setgid)) { _ in attempt(cprobe_nr_setgid, Int(stranger)) },
        Probe(.capability(.auditWrite)) { _ in ProbeOutcome(call: Int(cprobe_audit_message())) },
        Probe(.capability(.dacOverride)) { setting in withForeignFile(setting, mode: 0o600) { opening($0, O_WRONLY) } },
        Probe(.capability(.dacReadSearch)) { setting in withForeignFile(setting, mode: 0o600) { opening($0, O_RDONLY) }
        },
        Probe(.capability(.kill)) { _ in killStranger() },
        Probe(.capability(.mknod)) { setting in
            withAddress("\(setting.scratch)/.probe-node-\(getpid())") {
                let result = attempt(cprobe_nr_mknodat, -100, $0, Int(S_IFCHR) | 0o600, 0x103)
                unlink("\(setting.scratch)/.probe-node-\(getpid())")
                return result
            }
        },
        Probe(.capability(.netAdmin)) { _ in ProbeOutcome(call: Int(cprobe_set_interface_flags())) },
        Probe(.capability(.netRaw)) { _ in attempt(cprobe_nr_socket, Int(AF_INET), 3, 1) },
        Probe(.capability(.netPacket)) { _ in attempt(cprobe_nr_socket, Int(AF_PACKET), 3, 0) },
        Probe(.capability(.syslog)) { _ in attempt(cprobe_nr_syslog, 3, 0, 0) },
        Probe(.capability(.sysChroot)) { _ in withAddress(".") { attempt(cprobe_nr_chroot, $0) } },
        Probe(.capability(.sysModule)) { _ in attempt(cprobe_nr_init_module, 0, 0, 0) },
        Probe(.capability(.sysNice)) { _ in ProbeOutcome(call: Int(cprobe_real_time())) },
        Probe(.capability(.sysNicePriority)) { _ in attempt(cprobe_nr_setpriority, 0, 0, -5) },
        Probe(.capability(.sysResource)) { _ in ProbeOutcome(call: Int(cprobe_raise_hard_limit())) },
        Probe(.capability(.sysAdminHostname)) { _ in withAddress("probe") { attempt(cprobe_nr_sethostname, $0, 65) } },
        Probe(.capability(.sysPtrace)) { _ in attempt(cprobe_nr_ptrace, 16, 1, 0, 0) },
    ]

    /// A UID that owns nothing and has no passwd entry.
    private static let stranger: UInt32 = 4242

    /// Runs `body` with a file of another user in the scratch directory; creating it needs CAP_CHOWN.
    private static func withForeignFile(_ setting: Setting, mode: UInt32, _ body: (String) -> ProbeOutcome)
        -> ProbeOutcome
    {
        withScratchFile(setting) { path in
            guard chmod(path, mode) == 0, chown(path, stranger, stranger) == 0 else {
                return .skipped("cannot make a foreign file")
            }
            return body(path)
        }
    }

    /// Sends signal 0 to a process of another user; starting it needs CAP_SETUID.
    private static func killStranger() -> ProbeOutcome {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return .errno(errno) }
        let child = cprobe_fork()
        if child == 0 {
            alarm(Runner.limit)
            let became = call(cprobe_nr_setresuid, Int(stranger), Int(stranger), Int(stranger)) == 0
            Console.write(became ? "y" : "n", to: ends[1])
            close(ends[1])
            if became { usleep(200_000) }
            _exit(0)
        }
        close(ends[1])
        guard Bytes.readAll(ends[0], limit: 1) == [121] else { return .skipped("cannot become another user") }
        return attempt(cprobe_nr_kill, Int(child), 0)
    }
}
