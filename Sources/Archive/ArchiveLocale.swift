// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The character set of the process, which libarchive reads without being asked.
///
/// A Swift process runs in the C locale. There libarchive 3.6 marks a non-ASCII path as `hdrcharset=BINARY`, or crashes
/// on it, so the bytes of a tar would depend on the environment.
package enum ArchiveLocale {
    // Run once per process, by the language's guarantee for static properties.
    private static let isUTF8: Bool = {
        guard setlocale(LC_CTYPE, "C.UTF-8") != nil, let name = nl_langinfo(Int32(CODESET)) else { return false }
        return strcmp(name, "UTF-8") == 0
    }()

    /// Sets `LC_CTYPE`, and nothing else of the locale, to `C.UTF-8` for the whole process, once.
    ///
    /// - Throws: `ArchiveError.locale` when the machine has no such locale.
    package static func require() throws(ArchiveError) {
        guard isUTF8 else { throw .locale }
    }
}
