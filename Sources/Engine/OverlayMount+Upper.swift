// SPDX-License-Identifier: Apache-2.0

import CLinux
import SystemPackage

extension OverlayMount {
    /// Returns whether `directory`, inside the upper directory of an overlay, hides the lower layers' directory of that
    /// path: it was removed and created again (Documentation/filesystems/overlayfs.rst of the kernel, "Whiteouts and
    /// opaque directories").
    package static func isOpaque(_ directory: FilePath) -> Bool { clinux_is_opaque(directory.string) != 0 }
}
