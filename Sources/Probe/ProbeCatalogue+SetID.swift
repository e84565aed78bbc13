// SPDX-License-Identifier: Apache-2.0

import CProbe
import Claims
import Glibc

extension ProbeCatalogue {
    /// All ways to set the set-uid or set-gid bit of a file (inode(7)). Each probe reports the resulting mode, because
    /// a filter may refuse the call or turn it into a no-op.
    static let setID: [Probe] = [
        Probe(.setID(.chmod)) { changing($0) { withAddress($0) { attempt(cprobe_nr_chmod, $0, 0o4755) } } },
        Probe(.setID(.fchmod)) {
            changing($0) { path in
                let descriptor = open(path, O_RDONLY | O_CLOEXEC)
                return attempt(cprobe_nr_fchmod, Int(descriptor), 0o4755)
            }
        },
        Probe(.setID(.fchmodat)) { changing($0) { withAddress($0) { attempt(cprobe_nr_fchmodat, here, $0, 0o4755) } } },
        Probe(.setID(.fchmodat2)) {
            changing($0) { withAddress($0) { attempt(cprobe_nr_fchmodat2, here, $0, 0o4755, 0) } }
        },
        Probe(.setID(.sgidChmod)) {
            changing($0) { withAddress($0) { attempt(cprobe_nr_fchmodat, here, $0, 0o2755) } }
        },
        Probe(.setID(.compatChmod)) {
            changing($0) { path in
                let result = Int(cprobe_compat_chmod(path, 0o4755))
                return result == -1000 ? .skipped("not on this architecture") : ProbeOutcome(call: result)
            }
        },
        Probe(.setID(.open)) { creating($0) { withAddress($0) { attempt(cprobe_nr_open, $0, making, 0o4755) } } },
        Probe(.setID(.openat)) {
            creating($0) { withAddress($0) { attempt(cprobe_nr_openat, here, $0, making, 0o4755) } }
        },
        Probe(.setID(.creat)) { creating($0) { withAddress($0) { attempt(cprobe_nr_creat, $0, 0o4755) } } },
        Probe(.setID(.mknod)) {
            creating($0) { withAddress($0) { attempt(cprobe_nr_mknod, $0, regular | 0o4755, 0) } }
        },
        Probe(.setID(.mknodat)) {
            creating($0) { withAddress($0) { attempt(cprobe_nr_mknodat, here, $0, regular | 0o4755, 0) } }
        },
        Probe(.setID(.sgidMknodat)) {
            creating($0) { withAddress($0) { attempt(cprobe_nr_mknodat, here, $0, regular | 0o2755, 0) } }
        },
        Probe(.setID(.openat2)) {
            creating($0) { path in
                let how: [UInt64] = [UInt64(making), 0o4755, 0]
                return withAddress(path) { address in
                    how.withUnsafeBytes {
                        attempt(cprobe_nr_openat2, here, address, Int(bitPattern: $0.baseAddress), $0.count)
                    }
                }
            }
        },
        Probe(.setID(.tmpfile)) { unnamed($0) },
    ]

    private static let here = -100  // AT_FDCWD
    private static let making = Int(O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC)
    private static let regular = Int(S_IFREG)

    /// Runs `change` on the mode of an existing file.
    private static func changing(_ setting: Setting, _ change: (String) -> ProbeOutcome) -> ProbeOutcome {
        withScratchFile(setting) { path in after(change(path), path) }
    }

    /// Runs `create` with a path for a new file.
    private static func creating(_ setting: Setting, _ create: (String) -> ProbeOutcome) -> ProbeOutcome {
        let path = "\(setting.scratch)/.probe-new-\(getpid())"
        unlink(path)
        defer { unlink(path) }
        umask(0)
        return after(create(path), path)
    }

    /// An unnamed file, which could be given a name later (open(2), O_TMPFILE): it does not need O_CREAT.
    private static func unnamed(_ setting: Setting) -> ProbeOutcome {
        umask(0)
        let flags = Int(cprobe_tmpfile | O_WRONLY | O_CLOEXEC)
        let descriptor = withAddress(setting.scratch) { call(cprobe_nr_openat, here, $0, flags, 0o4755) }
        guard descriptor >= 0 else { return .errno(Int32(-descriptor)) }
        var status = stat()
        guard fstat(Int32(descriptor), &status) == 0 else { return .errno(errno) }
        return .value(status.st_mode & 0o6000 == 0 ? "not set" : "set")
    }

    private static func after(_ outcome: ProbeOutcome, _ path: String) -> ProbeOutcome {
        guard case .ok = outcome else { return outcome }
        var status = stat()
        guard lstat(path, &status) == 0 else { return .errno(errno) }
        return .value(status.st_mode & 0o6000 == 0 ? "not set" : "set")
    }
}
