// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The limit of the process's address space (getrlimit(2), `ulimit -v`). Memory that the kernel refuses ends the program
/// or stops one of its threads for ever, and OCI runtimes do not start with little.
enum AddressSpaceLimit {
    /// The needed bytes, tried with the program and runc.
    static let needed: UInt64 = 2_000_000_000

    /// Raises a limit below `needed`.
    ///
    /// - Throws: `CommandError.addressSpace` when the hard limit is below it.
    static func check() throws {
        let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < needed else { return }
        let current = limit.rlim_cur
        limit.rlim_cur = rlim_t(needed)
        guard limit.rlim_max >= needed, setrlimit(resource, &limit) == 0 else {
            throw CommandError.addressSpace(UInt64(current))
        }
    }
}
