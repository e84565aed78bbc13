// SPDX-License-Identifier: Apache-2.0

import CDeflate
import CZstd

/// The libraries whose bytes are part of an image's digest. They are built from Debian 12's sources and linked into the
/// program (scripts/static-libraries), so that no machine's own versions matter.
package enum CompressionLibraries {
    /// Their versions; another one may compress the same bytes otherwise. Written with dashes: "deflate 1.x" is what
    /// zlib says of itself, and makes lintian find an embedded copy.
    package static let expected = "libdeflate-1.14, libzstd-1.5.4"

    /// The versions that this program is linked with.
    package static var linked: String {
        "libdeflate-\(LIBDEFLATE_VERSION_STRING), libzstd-\(String(cString: ZSTD_versionString()))"
    }

    /// Checks that they are the expected ones.
    ///
    /// - Throws: `OCIError.otherCompressors`.
    package static func check() throws(OCIError) {
        guard linked == expected else { throw .otherCompressors(linked, expected: expected) }
    }
}
