// SPDX-License-Identifier: Apache-2.0

import Egress
import Engine
import SystemPackage

/// How programs in a container without a route reach the allowed hosts: the forwarder listens on the container's loopback
/// interface and passes each connection to the proxy's socket, and the usual settings of programs name it.
package struct NetworkAccess: Hashable, Sendable {
    /// The forwarder's program in the container.
    package static let program = "/run/opencode-forwarder"
    /// The name of the proxy's socket in the session's directory.
    package static let socketName = "network"
    /// The port of the forwarder on 127.0.0.1, in the container's own network namespace.
    package static let port: UInt16 = 4128

    /// The rules.
    package let rules: [NetworkRule]
    /// The forwarder on the host, a static program.
    package let forwarder: FilePath

    /// The access by `rules`, through the program `forwarder`.
    package init(rules: [NetworkRule], forwarder: FilePath) { (self.rules, self.forwarder) = (rules, forwarder) }

    private static var socket: String { "\(SessionDirectory.target)/\(socketName)" }

    /// The mount of the forwarder.
    package var mount: BindMount { BindMount(source: forwarder, target: Self.program) }

    /// The words before the container's command: the forwarder starts in the background, and becomes the command.
    var words: [String] { [Self.program, "serve", "\(Self.port)", Self.socket] }

    /// The variables that programs read, in both spellings (curl(1), "ENVIRONMENT").
    package var environment: [String] {
        let proxy = "http://127.0.0.1:\(Self.port)"
        let values = [
            ("HTTP_PROXY", proxy), ("HTTPS_PROXY", proxy), ("ALL_PROXY", proxy),
            ("NO_PROXY", "localhost,127.0.0.1,::1"),
        ]
        // Node.js reads the others only with its own variable.
        return values.flatMap { name, value in ["\(name)=\(value)", "\(name.lowercased())=\(value)"] }
            + ["NODE_USE_ENV_PROXY=1"]
    }

    /// The settings of apt, also for a start without the variables (apt.conf(5)).
    package static let apt = (
        target: "/etc/apt/apt.conf.d/95opencode-docker-network",
        text: """
        Acquire::http::Proxy "http://127.0.0.1:\(port)";
        Acquire::https::Proxy "http://127.0.0.1:\(port)";
        Acquire::http::Pipeline-Depth "0";

        """
    )

    /// The settings of ssh, which reads no variable (ssh_config(5)).
    package static let ssh = (
        target: "/etc/ssh/ssh_config.d/20-opencode-docker-network.conf",
        text: """
        Host * !localhost !127.0.0.1 !::1
            ProxyCommand \(program) connect \(socket) %h %p

        """
    )
}

extension ContainerPlan {
    /// The plan with the forwarder in front of its command, which begins after so many words of the entrypoint.
    func forwarded(by access: NetworkAccess?, after count: Int) -> ContainerPlan {
        guard let access, arguments.count > count else { return self }
        var plan = self
        plan.arguments.insert(contentsOf: access.words, at: count)
        return plan
    }
}
