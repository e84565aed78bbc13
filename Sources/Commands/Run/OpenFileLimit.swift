// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The launcher's own limit of open files (getrlimit(2)): it holds a handle on everything that it guards, and most
/// systems grant far more than they give at first.
struct OpenFileLimit {
    private let before: rlimit

    /// Raises it as far as it goes.
    init() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        before = limit
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Sets it as it was, for programs that are started from now on. What is open stays open.
    func restore() {
        var limit = before
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
