// SPDX-License-Identifier: Apache-2.0

/// The version of everything in this program that decides the bytes of a layer.
///
/// It is part of every cache key and of the golden digests: whoever changes the order of entries, a compression setting
/// or a normalisation raises it, and old cache entries are simply not found any more.
package enum AssemblyVersion {
    /// The version that this program writes.
    package static let current = 6
}
