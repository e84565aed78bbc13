// SPDX-License-Identifier: Apache-2.0

/// The network namespace, and services that must be reached.
package enum NetworkProbe: String, ProbeTopic {
    case interfaces = "net.interfaces"
    case abstract = "net.abstract"
    case listen = "net.listen"
    case routeLocalnet = "net.route_localnet"
    case dns = "net.dns"
    case tls = "net.tls"
}

extension ProbeID {
    /// The probe of the topic.
    package static func network(_ probe: NetworkProbe) -> ProbeID { ProbeID(probe) }
}
