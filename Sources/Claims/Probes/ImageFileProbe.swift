// SPDX-License-Identifier: Apache-2.0

/// Files of the image, as the container's processes see them.
package enum ImageFileProbe: String, ProbeTopic {
    case osID = "img.os_id"
    case osCodename = "img.os_codename"
    case aptSuites = "img.apt_suites"
    case setID = "img.set_id"
    case fileCapabilities = "img.file_capabilities"
    case devices = "img.devices"
    case sockets = "img.sockets"
    case unread = "img.unread"
    case setIDSudo = "img.set_id_sudo"
}

extension ProbeID {
    /// The probe of the topic.
    package static func imageFile(_ probe: ImageFileProbe) -> ProbeID { ProbeID(probe) }
}
