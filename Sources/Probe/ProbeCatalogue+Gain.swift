// SPDX-License-Identifier: Apache-2.0

import CProbe
import Claims
import Glibc

extension ProbeCatalogue {
    /// Attempts to gain privileges (credentials(7), capabilities(7)). The options of prctl are 24 PR_CAPBSET_DROP, 28
    /// PR_SET_SECUREBITS, 47 PR_CAP_AMBIENT with 2 PR_CAP_AMBIENT_RAISE.
    static let gain: [Probe] = [
        Probe(.gain(.setUserIDHelper)) { setting in setUserIDHelper(setting) },
        Probe(.gain(.setuid0)) { _ in attempt(cprobe_nr_setuid, 0) },
        Probe(.gain(.setresuid0)) { _ in attempt(cprobe_nr_setresuid, 0, 0, 0) },
        Probe(.gain(.setgid0)) { _ in attempt(cprobe_nr_setgid, 0) },
        Probe(.gain(.setgroups)) { _ in attempt(cprobe_nr_setgroups, 0, 0) },
        Probe(.gain(.capset)) { _ in ProbeOutcome(call: Int(cprobe_capset_sys_admin())) },
        Probe(.gain(.boundingDrop)) { _ in attempt(cprobe_nr_prctl, 24, 12) },
        Probe(.gain(.securebits)) { _ in attempt(cprobe_nr_prctl, 28, 1) },
        // Capability 0 is CAP_CHOWN; raising it in the ambient set requires it to be inheritable, which no capability
        // is.
        Probe(.gain(.ambient)) { _ in attempt(cprobe_nr_prctl, 47, 2, 0, 0, 0) },
        Probe(.gain(.setfcap)) { setting in
            withScratchFile(setting) { ProbeOutcome(call: Int(cprobe_set_file_capability($0))) }
        },
        Probe(.gain(.writePasswd)) { _ in opening("/etc/passwd", O_WRONLY) },
        Probe(.gain(.writeBin)) { _ in opening("/usr/bin", O_WRONLY | cprobe_tmpfile) },
        Probe(.gain(.ldPreload)) { _ in opening("/etc", O_WRONLY | cprobe_tmpfile) },
    ]

    /// Runs a set-uid-root copy of this program: it exits with 100 when it became root, with 101 otherwise.
    private static func setUserIDHelper(_ setting: Setting) -> ProbeOutcome {
        guard let helper = setting.helper else { return .skipped("no helper was given") }
        let child = cprobe_fork()
        if child == 0 { _exit(cprobe_exec(helper, "--euid") == -EACCES ? 102 : 103) }
        var status: Int32 = 0
        guard child > 0, waitpid(child, &status, 0) == child else { return .errno(errno) }
        switch (status >> 8) & 0xff {
        case 100: return .value("became root")
        case 101: return .value("gained nothing")
        case 102: return .errno(EACCES)
        default: return .value("could not run")
        }
    }
}
