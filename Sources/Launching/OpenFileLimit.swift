// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The launcher's limit of open files (getrlimit(2)): it holds a handle on every guarded path, and most systems have a
/// low soft limit.
struct OpenFileLimit {
    private let before: rlimit

    /// Raises the soft limit to the hard limit.
    init() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        before = limit
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Restores the limit for programs that are started later. Open files stay open.
    func restore() {
        var limit = before
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
