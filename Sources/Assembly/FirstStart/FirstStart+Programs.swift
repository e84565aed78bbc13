// SPDX-License-Identifier: Apache-2.0

extension FirstStart {
    /// Runs the scripts once per container, and then executes the command.
    ///
    /// Root in a container has no DAC_OVERRIDE and cannot write the files of other users, so scripts switch to the
    /// owner. A failed script is reported but does not stop the container; the next start tries again.
    static let runner = """
        #!/bin/sh
        # SPDX-License-Identifier: Apache-2.0
        #
        # first-start COMMAND...: makes keys, passwords and databases that the image leaves out, because each container has
        # its own; then becomes COMMAND. The scripts in first-start.d say what is missing, and make it.
        set -u
        # As the entrypoint does: an engine gives root more than a script needs.
        hold=${0%/*}/hold
        if [ "${1-}" = --held ]; then
            shift
        elif [ -x "$hold" ]; then
            exec "$hold" --report "$0" --held "$@"
        fi
        done=/var/lib/opencode-docker/first-start
        [ ! -e "$done" ] || exec "$@"

        # Nothing of the container's environment (tokens!) reaches a package's program.
        clean() { (cd / && umask 022 && exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@"); }

        # Databases take seconds: a person is told what is waited for.
        show() { [ ! -t 2 ] || [ "${TERM:-dumb}" = dumb ] || printf '\\r\\033[K%s' "$1" >&2; }

        failed=
        for script in "${0%/*}"/first-start.d/*; do
            clean "$script" missing > /dev/null 2>&1 || continue
            name=${script##*/}
            if [ "$(id -u)" -ne 0 ]; then
                failed="$failed ${name#*-}"
                continue
            fi
            show "First start of this container: ${name#*-} ..."
            if ! said=$(clean "$script" make 2>&1 < /dev/null); then
                failed="$failed ${name#*-}"
                show ''
                printf '%s\\n' "$said" | tail -n 3 >&2
            fi
        done
        show ''
        if [ -n "$failed" ]; then
            if [ "$(id -u)" -eq 0 ]; then reason='the next start tries again'; else reason='root makes them, and here is none'; fi
            printf 'opencode-docker: keys or databases are missing that each container makes for itself (%s):%s\\n' \\
                "$reason" "$failed" >&2
        else
            { mkdir -p "${done%/*}" && : > "$done"; } 2> /dev/null
        fi
        exec "$@"

        """

    /// The script of one rule: `missing` succeeds when there is something to do, `make` does it.
    static func script(of rule: Rule, _ remaking: Remaking) -> String {
        """
        #!/bin/sh
        # SPDX-License-Identifier: Apache-2.0
        #
        # \(rule.package): a \(rule.kind.rawValue) that each container makes for itself.
        set -eu

        # as USER COMMAND...: what USER owns, root without DAC_OVERRIDE cannot write.
        as() {
            user=$1
            shift
            setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups --inh-caps=-all -- "$@"
        }

        missing() {
        \(remaking.missing.indented)
        }

        make() {
        \(remaking.make.indented)
        }

        case ${1:-} in
        missing) missing ;;
        make) make ;;
        *) exit 64 ;;
        esac

        """
    }
}

extension String {
    /// The same lines, indented by four characters.
    fileprivate var indented: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }
            .joined(separator: "\n")
    }
}
