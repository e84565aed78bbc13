// SPDX-License-Identifier: Apache-2.0

/// Attempts to make set-uid and set-gid files.
package enum SetIDProbe: String, ProbeTopic {
    case chmod = "suid.chmod"
    case fchmod = "suid.fchmod"
    case fchmodat = "suid.fchmodat"
    case fchmodat2 = "suid.fchmodat2"
    case sgidChmod = "suid.sgid_chmod"
    case compatChmod = "suid.compat_chmod"
    case open = "suid.open"
    case openat = "suid.openat"
    case creat = "suid.creat"
    case mknod = "suid.mknod"
    case mknodat = "suid.mknodat"
    case sgidMknodat = "suid.sgid_mknodat"
    case openat2 = "suid.openat2"
    case tmpfile = "suid.tmpfile"
}

extension ProbeID {
    /// The probe of the topic.
    package static func setID(_ probe: SetIDProbe) -> ProbeID { ProbeID(probe) }
}
