// SPDX-License-Identifier: Apache-2.0

/// The version of all code that determines the bytes of a layer.
///
/// It is part of every cache key and of the golden digests: a change of the order of entries, of a compression setting
/// or of a normalization must raise it. Cache entries of other versions are not found any more.
package enum AssemblyVersion {
    /// The version that this program writes.
    package static let current = 7
}
