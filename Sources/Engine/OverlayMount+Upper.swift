// SPDX-License-Identifier: Apache-2.0

import CLinux
import SystemPackage

extension OverlayMount {
    /// Whether `directory`, of the upper directory of an overlay, hides everything that lower layers have in its place:
    /// it was removed and made anew (Documentation/filesystems/overlayfs.rst of the kernel, "Whiteouts and opaque
    /// directories").
    package static func isOpaque(_ directory: FilePath) -> Bool { clinux_is_opaque(directory.string) != 0 }
}
