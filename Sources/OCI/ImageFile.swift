// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// An image in a file or directory, in the notation of containers-transports(5).
package enum ImageFile: Hashable, Sendable {
    /// `oci:DIR[:TAG]`.
    case layout(FilePath, tag: String?)
    /// `docker-archive:FILE` and `oci-archive:FILE`: the file says which it is, and may be both.
    case archive(FilePath)

    /// Parses the notation; `nil` for any other text. As in skopeo, the tag of a layout follows the first colon of the
    /// path.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (parts[0], parts.count == 2 ? parts[1] : "") {
        case ("oci", let rest) where !rest.isEmpty && !rest.hasPrefix(":"):
            let named = rest.split(separator: ":", maxSplits: 1).map(String.init)
            self = .layout(FilePath(named[0]), tag: named.count == 2 ? named[1] : nil)
        case ("docker-archive", let rest), ("oci-archive", let rest):
            guard !rest.isEmpty else { return nil }
            self = .archive(FilePath(rest))
        default: return nil
        }
    }
}
