// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The locale of the process, which libarchive uses implicitly.
///
/// A Swift process runs in the C locale. There libarchive 3.6 marks a non-ASCII path as `hdrcharset=BINARY`, or crashes
/// on it, so the bytes of a tar would depend on the environment.
package enum ArchiveLocale {
    // Evaluated once per process, like every static property.
    private static let isUTF8: Bool = {
        guard setlocale(LC_CTYPE, "C.UTF-8") != nil, let name = nl_langinfo(Int32(CODESET)) else { return false }
        return strcmp(name, "UTF-8") == 0
    }()

    /// Sets `LC_CTYPE`, and no other category, to `C.UTF-8` for the whole process, once.
    ///
    /// - Throws: `ArchiveError.locale` when the system has no such locale.
    package static func require() throws(ArchiveError) {
        guard isUTF8 else { throw .locale }
    }
}
