// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// A pipe (pipe(7)). Child processes do not inherit its ends.
package struct AnonymousPipe: Sendable {
    /// The end to read from.
    package let reader: FileDescriptor
    /// The end to write to.
    package let writer: FileDescriptor

    /// Creates a pipe, whose ends the caller closes.
    ///
    /// - Throws: The error of pipe2(2).
    package init() throws(Errno) {
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
        reader = FileDescriptor(rawValue: ends[0])
        writer = FileDescriptor(rawValue: ends[1])
    }
}
