// SPDX-License-Identifier: Apache-2.0

import CDeflate
import CZstd

/// The libraries that determine the bytes of compressed layers. They are built from Debian 12's sources and linked
/// statically (scripts/static-libraries), so that the build does not depend on the versions of a machine.
package enum CompressionLibraries {
    /// The expected versions; another version may produce other bytes. Written with dashes, because lintian takes
    /// "deflate 1.x", zlib's own version string, for an embedded copy.
    package static let expected = "libdeflate-1.14, libzstd-1.5.4"

    /// The versions that this program is linked with.
    package static var linked: String {
        "libdeflate-\(LIBDEFLATE_VERSION_STRING), libzstd-\(String(cString: ZSTD_versionString()))"
    }

    /// Checks that the linked versions are the expected ones.
    ///
    /// - Throws: `OCIError.otherCompressors`.
    package static func check() throws(OCIError) {
        guard linked == expected else { throw .otherCompressors(linked, expected: expected) }
    }
}
