// SPDX-License-Identifier: Apache-2.0

/// The image, as the host reads it.
package enum ImageProbe: String, ProbeTopic {
    case audit = "image.audit"
    case hostKeys = "image.host_keys"
    case labels = "image.labels"
    case packageCount = "image.package_count"
    case packages = "image.packages"
    case unseen = "image.unseen"
    case verify = "image.verify"
}

extension ProbeID {
    /// The probe of the topic.
    package static func image(_ probe: ImageProbe) -> ProbeID { ProbeID(probe) }
}
