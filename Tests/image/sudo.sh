#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sudo: typical commands and their expected results.
. "$(dirname "$0")/bed.sh"

keep_box sudo env=OPENCODE_UID=4321 env=OPENCODE_GID=4321 env=SECRET=canary || exit 1
in_box() { inside sudo "$@"; }

is 'root' 0 "$(in_box sudo id -u)"
is 'with the four capabilities, under no-new-privileges, the filter on' \
    'CapInh=0000000000000000 CapPrm=00000000000000c9 CapEff=00000000000000c9 CapBnd=00000000000000c9 CapAmb=0000000000000000 NoNewPrivs=1 Seccomp=2' \
    "$(in_box sudo sed -n 's/^\(Cap[A-Z].*\|NoNewPrivs\|Seccomp\):[[:space:]]*/\1=/p' /proc/self/status | xargs)"
# Signals 32 and 33 are reserved by the C library (signal(7)): programs cannot set them through it, so they keep the
# state of the container engine's parent, and are left out of the masks here.
signal_masks() {
    local name mask own=$((3 << 31))
    in_box sudo sed -n 's/^\(SigBlk\|SigIgn\):[[:space:]]*/\1 /p' /proc/self/status |
        while read -r name mask; do printf '%s=%x\n' "$name" $((0x$mask & ~own)); done | xargs
}
is 'no signal is ignored or blocked' 'SigBlk=0 SigIgn=0' "$(signal_masks)"
is 'only standard descriptors are open' '0 1 2' "$(in_box sudo sh -c 'for n in $(seq 0 100); do [ ! -e /proc/$$/fd/$n ] || echo $n; done' </dev/null | xargs)"
in_box sudo sh -c 'exit 7'
is 'the exit status passes' 7 $?
in_box sudo sh -c 'kill -TERM $$'
is 'a signal'\''s status passes' 143 $?
is 'standard input' hi "$(echo hi | in_box sudo cat)"
is 'standard output and error apart' 'o:e' "$(in_box sudo sh -c 'echo o; echo e >&2' 2>"$BED/err"):$(cat "$BED/err")"
is 'the directory is kept' /usr/share "$(CWD=/usr/share in_box sudo pwd)"
is 'also one that root may not enter' '/tmp/private 0' "$(in_box sh -c 'mkdir -m 700 /tmp/private; cd /tmp/private; sudo sh -c "pwd; id -u"' | xargs)"
is '-D' /etc "$(in_box sudo -D /etc pwd)"
is 'arguments are data' 'a b|$(id -u)|;id|*|--|-u||' "$(in_box sudo printf '%s|' 'a b' '$(id -u)' ';id' '*' -- -u '')"
is 'newline, percent and any byte in arguments and variables' $'x\n%41\xff|y\n%0A\xff' "$(in_box bash -c \
    'sudo V=$'"'y\\n%0A\\xff'"' sh -c "printf \"%s|%s\" \"\$1\" \"\$V\"" - $'"'x\\n%41\\xff'")"
is 'many arguments' 20000 "$(in_box sh -c 'sudo sh -c "echo \$#" - $(seq 20000)')"

is '-u NAME' '4321:4321:opencode:0000000000000000' "$(in_box sudo -u opencode sh -c \
    'echo $(id -u):$(id -G):$USER:$(sed -n "s/CapEff:.//p" /proc/self/status)')"
is '-u another' '33:33:www-data:/var/www' "$(in_box sudo --user=www-data sh -c 'echo $(id -u):$(id -G):$USER:$HOME')"
is '-u #number' 33 "$(in_box sudo -u '#33' id -u)"
is '-g' '4321:50' "$(in_box sudo -g staff sh -c 'echo $(id -u):$(id -g)')"
is '-u and -g' '33:50' "$(in_box sudo -u www-data -g staff sh -c 'echo $(id -u):$(id -g)')"
is 'unknown user' '1:sudo: unknown user: nobody2' "$(in_box sudo -u nobody2 id 2>&1 | sed "s/^/1:/")"

is 'the environment is reset' '' "$(in_box sudo env | grep -E 'SECRET|canary|OPENCODE|IPC')"
is 'identity variables' '/root root root 4321 opencode /bin/bash' \
    "$(in_box sudo sh -c 'echo $HOME $USER $LOGNAME $SUDO_UID $SUDO_USER $SHELL')"
is 'the path is secure' /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$(in_box env PATH=/tmp:/usr/local/bin:/usr/bin:/bin sudo -E printenv PATH)"
is 'TERM, LANG and proxies are kept' 'xterm C.UTF-8 p' "$(in_box env LANG=C.UTF-8 https_proxy=p sudo sh -c 'echo $TERM $LANG $https_proxy')"
is '-E keeps all' canary "$(in_box sudo -E printenv SECRET)"
is '-E keeps HOME, -H does not' '/home/opencode /root' "$(in_box sudo -E printenv HOME) $(in_box sudo -E -H printenv HOME)"
is '--preserve-env=LIST' canary "$(in_box sudo --preserve-env=SECRET,X printenv SECRET)"
is 'VAR=value' 'a b' "$(in_box sudo VAR='a b' printenv VAR)"
is 'the server'\''s own environment holds nothing of the container'\''s' 0 \
    "$(in_box sudo sh -c 'cat /proc/[0-9]*/environ 2>/dev/null | tr "\0" "\n" | grep -c "^SECRET"')"

is '-i: a login shell at home' '-bash /root root' "$(echo 'echo $0 $PWD $USER' | in_box sudo -i)"
is '-i COMMAND' '/root a  b * ;' "$(in_box sudo -i echo '$PWD' 'a  b' '*' ';')"
is '-s COMMAND' '0 a b' "$(in_box sudo -s echo '$UID' 'a b')"
is '-i -u' opencode "$(in_box sudo -iu opencode printenv USER)"
is 'flags together' 0 "$(in_box sudo -nHE id -u)"
is '--' 0 "$(in_box sudo -n -- id -u)"
is '-S, -p, -k COMMAND' 0 "$(in_box sudo -S -k -p x id -u </dev/null)"
is '-v, -k, -K, -l, -V, -h' '0 0 0 0 0 0' "$(in_box sh -c 'for o in -v -k -K -l -V -h; do sudo $o >/dev/null; echo $?; done' | xargs)"
for option in -A -e -b '-C 3' '-R /' '-T 1' -P; do
    # shellcheck disable=SC2086
    out=$(in_box sudo $option id 2>&1)
    like "refused with a sentence: $option" '1:sudo: --* is not supported: *.' "$?:$out"
done
out=$(in_box sudo nonesuch 2>&1)
is 'command not found' '1:sudo: nonesuch: command not found' "$?:$out"
out=$(in_box sudo /etc/passwd 2>&1)
is 'not executable' '126:sudo: unable to execute /etc/passwd: Permission denied' "$?:$out"
out=$(in_box sudo 2>&1)
like 'nothing to run: usage' '1:usage: sudo *' "$?:$out"
is 'a script without a first line' ran "$(in_box sh -c 'echo "echo ran" >/tmp/plain; chmod 755 /tmp/plain; sudo /tmp/plain')"
is 'from root: the same, without the server' '0 33' "$(in_box sudo sh -c 'sudo id -u; sudo -u www-data id -u' | xargs)"
out=$(in_box sudo -u www-data sudo id -u 2>&1)
is 'only the user may use it' '1:sudo: only the user of the container may use it.' "$?:$out"

in_box sh -c 'sudo sh -c "trap \"echo got >/tmp/term; exit\" TERM; echo \$\$ >/tmp/pid; while :; do sleep 0.1; done" & sleep 1; kill $!; sleep 0.7'
is 'killing the client ends the command (TERM)' got "$(in_box cat /tmp/term)"
is 'two at once' '1 2' "$(in_box sh -c '(sudo sh -c "sleep 0.3; echo 2") & sudo echo 1; wait' | xargs)"
is 'a hundred in a row, none lost' 100 "$(in_box sh -c 'for i in $(seq 100); do sudo true && echo .; done' | wc -l)"
is 'no process is left' '' "$(in_box sh -c 'ps -eo comm= | grep -E "sudo[cd]|perl"')"
finish
