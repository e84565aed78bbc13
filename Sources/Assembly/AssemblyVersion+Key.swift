// SPDX-License-Identifier: Apache-2.0

import OCI

extension AssemblyVersion {
    /// The version as a part of cache keys: the compressors that decide bytes belong to it.
    package static var key: String { "\(current), \(CompressionLibraries.expected)" }
}
