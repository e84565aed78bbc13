// SPDX-License-Identifier: Apache-2.0

/// The image's health check.
package enum HealthProbe: String, ProbeTopic {
    case broken = "health.broken"
    case healthy = "health.healthy"
}

extension ProbeID {
    /// The probe of the topic.
    package static func health(_ probe: HealthProbe) -> ProbeID { ProbeID(probe) }
}
