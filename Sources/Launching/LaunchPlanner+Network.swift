// SPDX-License-Identifier: Apache-2.0

import Debian
import Egress
import Foundation
import Run
import SystemPackage

extension LaunchPlanner {
    /// The names of the container itself (hosts(5)), which Docker and Podman provide.
    private static let hosts = (
        target: "/etc/hosts",
        text: "127.0.0.1 localhost opencode\n::1 localhost ip6-localhost ip6-loopback\n"
    )

    /// The container's hosts(5), and the settings of programs that read no variables for a proxy.
    func networkFiles(for plan: LaunchPlan) -> [MountedFile] {
        var files = plan.engine == .embedded ? [Self.hosts] : []
        if plan.access != nil { files += [NetworkAccess.ssh] + (plan.profile.sudo ? [NetworkAccess.apt] : []) }
        return files.map { target, text in
            let name = FilePath(target).lastComponent?.string ?? ""
            return MountedFile(workspace.state.path.appending(name), text: text, target: target)
        }
    }

    /// Whether the container reaches the servers of apt's sources; those of the image are used otherwise.
    func reaches(_ sources: AptSourceList, from plan: LaunchPlan) -> Bool {
        sources.archives.flatMap(\.addresses).allSatisfy { Self.reaches("\($0)", by: plan.network) }
    }

    private static func reaches(_ address: String, by network: NetworkPolicy) -> Bool {
        guard let url = URL(string: address), let host = url.host(percentEncoded: false) else { return true }
        let port = url.port ?? (url.scheme == "https" ? 443 : 80)
        guard let destination = Destination("\(host):\(port)") else { return false }
        if case .refused = network.decision(for: destination) { return false }
        return true
    }
}
