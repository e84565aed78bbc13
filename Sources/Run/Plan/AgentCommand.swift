// SPDX-License-Identifier: Apache-2.0

/// The command that starts the coding agent of an image, whichever it is.
package enum AgentCommand {
    /// The file of an image that has the agent's path in its first line; it comes with the agent's layer.
    package static let file = "/etc/opencode-docker/agent"

    /// The words of the command, with options for the agent. In an image without an agent it says so; a shell starts when
    /// there are no options.
    package static func words(_ options: [String] = []) -> [String] { ["/bin/sh", "-c", script, "sh"] + options }

    private static let script = """
        agent=
        [ ! -r \(file) ] || read -r agent < \(file)
        if [ -n "$agent" ] && [ -x "$agent" ]; then exec "$agent" "$@"; fi
        if [ -n "$agent" ]; then echo "opencode-docker: the image's agent, $agent, is gone." >&2; exit 127; fi
        if [ $# -gt 0 ]; then echo 'opencode-docker: \(lackOfOptions)' >&2; exit 127; fi
        echo 'opencode-docker: \(lack)' >&2
        exec /usr/local/libexec/opencode-docker/shell
        """

    private static let lackOfOptions =
        "This image has no coding agent that options could be for: it was built with --base. "
        + "`opencode-docker build` adds the agent."

    /// A sentence about an image without an agent.
    package static let lack =
        "This image has no coding agent: it was built with --base. A shell starts; `opencode-docker build` adds the agent."
}
