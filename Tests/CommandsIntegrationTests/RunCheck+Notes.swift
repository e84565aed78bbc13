// SPDX-License-Identifier: Apache-2.0

import Core
import Testing

extension RunCheck {
    /// A terminal of the caller's own: infocmp(1) and tput(1) of the image read its description.
    @Sendable static func terminalTypes(_ harness: RunHarness) async throws {
        let script = """
            mkdir -p "$HOME/terms"; export TERMINFO="$HOME/terms"
            printf 'mine|of a test, cols#80, bel=^G, cup=\\\\E[%%i%%p1%%d;%%p2%%dH,\n' > "$HOME/source"; tic "$HOME/source"
            look() { "$PROGRAM" run --network none -- sh -c 'echo "$TERM $(infocmp | grep -c "of a test") $(tput cols)"' 2> err; }
            TERM=mine look; TERM=nobodys look; grep -c "no description of the terminal 'nobodys'" err
            """
        let ending = try await harness.host(script)
        #expect(ending.output == "mine 1 80\nxterm-256color 0 80\n1\n", "\(harness.engine) \(ending.error)")
    }

    /// The notes for the agent: with which facts, and that a rule is added only where no configuration has one.
    @Sendable static func notes(_ harness: RunHarness) async throws {
        let script = """
            mkdir ../docs ../more 2> /dev/null; chmod 755 ../docs ../more
            look='cd /etc/opencode; jq -c .permission opencode.jsonc; grep -c "mnt/docs. (read-only)" container.md'
            run() { told "$@"; grep -c '"external_directory": {"/mnt/docs/\\*":"allow","/mnt/more/\\*":"allow"}' err; }
            told() { "$PROGRAM" run --network none --add-dir ../docs:ro --add-dir ../more "$@" -- sh -c "$look" 2> err; }
            run
            echo '{"permission": {"bash": "ask"}, }' > opencode.jsonc; run
            mkdir -p "$HOME/.config/opencode"
            echo '{"permission": {"external_directory": "deny"}}' > "$HOME/.config/opencode/opencode.json"; run
            rm "$HOME/.config/opencode/opencode.json"; OPENCODE_PERMISSION='"ask"' run
            rm opencode.jsonc; ln -s nowhere opencode.jsonc; run; rm opencode.jsonc
            look='cd /etc/opencode; ls; grep -c "without .opencode-docker run" container.md'; told --no-agent-notes
            look='cat /etc/opencode/container.*'; told > a; told > b; cmp a b && wc -l < a | tr -d ' '
            look='for file in container.md container.json opencode.jsonc; do
                sudo -n sh -c "echo x > /etc/opencode/$file" 2> /dev/null || echo held
            done'; told | grep -c held
            """
        let ending = try await harness.host(script)
        let rules = #"{"external_directory":{"/mnt/docs/*":"allow","/mnt/more/*":"allow"}}"#
        let (added, left) = ("\(rules)\n1\n0\n", "null\n1\n1\n")
        #expect(
            ending.output.hasPrefix(added + added + left + left + left),
            "\(harness.engine) \(ending.output) \(ending.error)")
        let rest = ending.output.dropFirst((added + added + left + left + left).count).split(separator: "\n")
        #expect(rest.count == 5 && rest.prefix(3) == ["container.md", "opencode.json", "1"], "\(rest)")
        #expect(rest.dropFirst(3).first.flatMap { Int($0) } ?? 0 > 20 && rest.last == "3", "\(rest)")
    }
}
