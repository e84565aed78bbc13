// SPDX-License-Identifier: Apache-2.0

import OCI

extension AssemblyVersion {
    /// The assembly version for cache keys, including the versions of the compressors, which determine the bytes.
    package static var key: String { "\(current), \(CompressionLibraries.expected)" }
}
