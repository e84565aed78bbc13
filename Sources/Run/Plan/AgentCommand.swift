// SPDX-License-Identifier: Apache-2.0

/// The command that starts the coding agent of an image, whichever it is.
package enum AgentCommand {
    /// The file of an image that has the agent's path in its first line; it comes with the agent's layer.
    package static let file = "/etc/opencode-docker/agent"

    /// The words of the command. In an image without an agent it says so, and opens a shell.
    package static let words = ["/bin/sh", "-c", script, "sh"]

    private static let script = """
        agent=
        [ ! -r \(file) ] || read -r agent < \(file)
        if [ -n "$agent" ] && [ -x "$agent" ]; then exec "$agent"; fi
        if [ -n "$agent" ]; then echo "opencode-docker: the image's agent, $agent, is gone." >&2; exit 127; fi
        echo 'opencode-docker: \(lack)' >&2
        exec /usr/local/libexec/opencode-docker/shell
        """

    /// A sentence about an image without an agent.
    package static let lack =
        "This image has no coding agent: it was built with --base. A shell starts; `opencode-docker build` adds the agent."
}
