#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The image as others start it: with an engine's own capabilities, without no-new-privileges, without our filter, as any
# user, read-only. What the image takes by itself, and what it says.
. "$(dirname "$0")/bed.sh"
# shellcheck disable=SC2154 # of bed.sh
: "$entrypoint" "$here"

docker='caps=docker nnp=0 seccomp=none'
# shellcheck disable=SC2086
alone() { box $docker "$@"; }
said() { sed -n 's/^opencode-docker: //p' "$BED/said"; }

held='sed -nE "s/^(Cap...|NoNewPrivs|Seccomp):[[:space:]]*0*([1-9a-f][0-9a-f]*)$/\1=\2/p" /proc/self/status | xargs'
is 'the user: no capability, no new privileges, a filter' 'CapBnd=c9 NoNewPrivs=1 Seccomp=2' \
    "$(alone -- $entrypoint sh -c "$held" 2>"$BED/said")"
is 'and not a word' '' "$(cat "$BED/said")"
is 'root by sudo: the four' 'CapPrm=c9 CapEff=c9 CapBnd=c9 NoNewPrivs=1 Seccomp=2' "$(alone -- $entrypoint sudo sh -c "$held")"
is 'ambient and inheritable ones of a user are gone' 'CapBnd=c9 NoNewPrivs=1 Seccomp=2' \
    "$(alone user=1000:1000 ambient=1 -- $entrypoint sh -c "$held")"

# The filter that the image loads has the same rules as seccomp.json.
bits() { box "$@" "mount=bind:$here:/opt/tests:ro" -- $entrypoint sudo python3 /opt/tests/syscalls.py bits /tmp/x | LC_ALL=C sort; }
# shellcheck disable=SC2086
is 'no way to a set-uid file, as under seccomp.json' "$(bits)" "$(bits $docker)"
is 'and there are some (control)' 20 "$(alone "mount=bind:$here:/opt/tests:ro" -- python3 /opt/tests/syscalls.py bits /tmp/y | grep -c 'OK/bit')"
is 'io_uring is closed, as it is outside of any filter'\''s sight' 'io_uring_setup ENOSYS' \
    "$(alone "mount=bind:$here:/opt/tests:ro" -- $entrypoint python3 /opt/tests/syscalls.py rest | grep io_uring_setup | sort -u)"
requests='import errno, fcntl, sys
with open(sys.argv[1], "r+b") as file:
    for name, call in [("lease", lambda: fcntl.fcntl(file, 1024, 1)), ("read lock", lambda: fcntl.fcntl(file, 1025)),
                       *((hex(n), lambda n=n: fcntl.ioctl(file, n, bytes(192))) for n in (0xc028660f, 0xc0c0586d, 0x50009417))]:
        try: call(); print(name, "done")
        except OSError as error: print(name, errno.errorcode[error.errno])'
# On ext4 the first request is known, and wrong in another way.
for filter in "$docker" ''; do
    # shellcheck disable=SC2086
    is "no content is exchanged, and no lease taken${filter:+, without our filter}" \
        'lease EINVAL read lock done 0xc028660f ENOTTY 0xc0c0586d ENOTTY 0x50009417 ENOTTY' \
        "$(box $filter -- $entrypoint sh -c ": >/tmp/f; python3 -c '$requests' /tmp/f" | xargs)"
done
is 'a lease is taken (control)' 'lease done' "$(alone -- sh -c ": >/tmp/f; python3 -c '$requests' /tmp/f" | head -n 1)"
is 'files, pipes, git: work' ok "$(alone -- $entrypoint sh -c 'cd /tmp && git init -q r && cd r && echo x >f && git add f &&
    git -c user.name=a -c user.email=b@c commit -qm m && mkfifo p && install -m 600 f g && echo ok')"

# shellcheck disable=SC2086
keep_box alone $docker || exit 1
execute() { runc_ exec "$@"; }
execute alone sh -c 'cp /usr/bin/id /usr/local/bin/setuid && chmod 4755 /usr/local/bin/setuid'
gain='/usr/local/bin/setuid -u'
is 'a set-uid file gives nothing through enter' 1000 "$(inside alone $gain)"
is 'enter: held as the first process is' 'CapBnd=c9 NoNewPrivs=1 Seccomp=2' "$(inside alone sh -c "$held")"
is 'an exec as the user without no-new-privileges is root by it: the documents say so (control)' 0 "$(execute --user 1000:1000 alone $gain)"
is 'and with it not' 1000 "$(execute --user 1000:1000 --no-new-privs alone $gain)"
is 'nor to what the first process started' 1000 "$(box $docker "mount=bind:$BED/work/alone/rootfs/usr/local/bin:/opt/bin" -- \
    $entrypoint /opt/bin/setuid -u)"
rm "$BED/work/alone/rootfs/usr/local/bin/setuid"
printf '#!/bin/sh\n%s >/tmp/held\nexec /usr/bin/grep "$@"\n' "${held% | xargs}" >"$BED/work/alone/rootfs/usr/local/bin/grep"
chmod 755 "$BED/work/alone/rootfs/usr/local/bin/grep"
is 'the health check' 'healthy: no agent in this image' "$(execute alone /usr/local/libexec/opencode-docker/health)"
is 'is held as the first process is' 'CapPrm=c9 CapEff=c9 CapBnd=c9 NoNewPrivs=1 Seccomp=2' "$(execute alone xargs -a /tmp/held)"
execute alone chmod 777 /usr/local/bin /usr/local
is 'enter: also where everybody may write to a directory of the PATH' 1000 "$(inside alone id -u)"
drop_box alone

alone -- $entrypoint true 2>"$BED/said"
box caps=docker+SYS_PTRACE nnp=0 -- $entrypoint true 2>"$BED/said"
is 'what was added on purpose is dropped, with the way to keep it' \
    'dropped capabilities that the container was given: SYS_PTRACE. To keep them: -e OPENCODE_KEEP_CAPS=SYS_PTRACE' "$(said)"
is 'and kept' 'CapBnd=800c9' "$(box caps=docker+SYS_PTRACE nnp=0 env=OPENCODE_KEEP_CAPS=SYS_PTRACE -- $entrypoint sh -c "$held" | cut -d ' ' -f 1)"
is 'the variable stays outside' '' "$(box caps=docker env=OPENCODE_KEEP_CAPS=KILL -- $entrypoint env | grep KEEP)"
box caps=CHOWN,FOWNER,SETGID,SETUID,NET_RAW nnp=0 -- $entrypoint true 2>"$BED/said"
like 'what cannot be dropped is said' '*cannot drop them without SETPCAP: NET_RAW. *-e OPENCODE_KEEP_CAPS=NET_RAW' "$(said)"
box caps=CHOWN,FOWNER,SETGID,SETUID,NET_RAW env=OPENCODE_KEEP_CAPS=NET_RAW -- $entrypoint true 2>"$BED/said"
is 'and accepted' '' "$(said)"
box env=OPENCODE_KEEP_CAPS=FOO -- $entrypoint true 2>"$BED/said"
is 'a name that is none' "64:OPENCODE_KEEP_CAPS: there is no capability 'FOO'." "$?:$(said)"
box caps=none -- $entrypoint true 2>"$BED/said"
is 'root without capabilities' '64:root of this container has no SETGID or SETUID, and cannot become the user. Add --cap-add CHOWN --cap-add FOWNER --cap-add SETGID --cap-add SETUID, or start it as the user: --user 1000:1000.' "$?:$(said)"
box caps=SETGID,SETUID,FOWNER -- $entrypoint true 2>"$BED/said"
like 'root without CHOWN' '64:root of this container has no CHOWN, and cannot give the user its files. Add *' "$?:$(said)"
is 'which it does not need without sudo' 1000 "$(box caps=SETGID,SETUID env=OPENCODE_SUDO=0 -- $entrypoint id -u)"

box readonly=1 -- $entrypoint true 2>"$BED/said"
is 'read-only: /run is needed' '64:/run cannot be written (--read-only?). Add --tmpfs /run --tmpfs /tmp:exec.' "$?:$(said)"
box readonly=1 mount=tmpfs:/run:mode=755 -- $entrypoint true 2>"$BED/said"
is 'read-only: /tmp is needed' '64:/tmp cannot be written. Add --tmpfs /run --tmpfs /tmp:exec.' "$?:$(said)"
tmpfs='readonly=1 mount=tmpfs:/run:mode=755 mount=tmpfs:/tmp:mode=1777'
# shellcheck disable=SC2086
is 'read-only, with both: a home below /tmp, sudo, the name' '/tmp/opencode-docker/home 0 opencode /tmp/opencode-docker/home' \
    "$(box $tmpfs -- $entrypoint sh -c 'touch ~/x; echo $HOME $(sudo id -u) $(id -un) $(getent passwd $(id -u) | cut -d: -f6)' 2>"$BED/said")"
like 'which is said, once' '/home/opencode cannot be written: the home is /tmp/opencode-docker/home, *' "$(said)"
# shellcheck disable=SC2086
box $tmpfs env=OPENCODE_UID=7 -- $entrypoint true 2>"$BED/said"
like 'read-only: another number needs --user' '2:cannot give the user its number: /etc/passwd cannot be written (--read-only?). *--user 7:1000.' "$?:$(said)"

mkdir -p "$BED/theirs" "$BED/roots" && chown 1202:1203 "$BED/theirs" && chown 0:0 "$BED/roots"
alone "mount=bind:$BED/theirs:/workspace" -- $entrypoint true 2>"$BED/said"
is 'a project of somebody else is said to be one' \
    '/workspace belongs to 1202:1203, and the user of this container (1000) cannot write there: add -e OPENCODE_UID=1202 -e OPENCODE_GID=1203.' "$(said)"
is 'and can then be written' '1202 1202' "$(alone "mount=bind:$BED/theirs:/workspace" env=OPENCODE_UID=1202 env=OPENCODE_GID=1203 -- \
    $entrypoint sh -c 'touch x; stat -c %u x ~ | xargs' 2>"$BED/said")"
is 'without a word' '' "$(cat "$BED/said")"
alone "mount=bind:$BED/roots:/workspaces/my app" -- $entrypoint true 2>"$BED/said"
is 'a project of root' "/workspaces/my app belongs to 0:0, and the user of this container (1000) cannot write there: give it to somebody else than root (chown 1000:1000 FOLDER)." "$(said)"
is 'the image'\''s own /workspace is the user'\''s' 1202 "$(alone env=OPENCODE_UID=1202 -- $entrypoint stat -c %u /workspace)"
is 'a number that an editor wrote to /etc/passwd holds' '1202:1203:opencode:1202' "$(alone -- sh -c '
    sed -i s/opencode:x:1000:1000/opencode:x:1202:1203/ /etc/passwd; sed -i s/opencode:x:1000/opencode:x:1203/ /etc/group
    exec '$entrypoint' sh -c "echo \$(id -u):\$(id -g):\$(id -un):\$(stat -c %u ~)"')"

who='echo $(id -u):$(id -un):$HOME:$USER:$(getent passwd $(id -u) | cut -d: -f6):$(ls -A | xargs)'
is 'any number' '10001:opencode:/tmp/opencode-docker/home:opencode:/tmp/opencode-docker/home:' \
    "$(alone user=10001:0 -- $entrypoint sh -c "$who" 2>"$BED/said")"
is 'which is said, once' '/home/opencode cannot be written by 10001: the home is /tmp/opencode-docker/home, which ends with the container.' "$(said)"
is 'never a home in the working directory' '/tmp/opencode-docker/home:' "$(alone user=10001:0 "mount=tmpfs:/workspace:mode=777" env=HOME=/workspace -- \
    $entrypoint sh -c 'echo $HOME:$(ls -A /workspace | xargs)')"
is 'nor where Podman'\''s line has it' '10001:opencode:/tmp/opencode-docker/home:opencode:/tmp/opencode-docker/home:' "$(alone -- sh -c '
    echo "10001:*:10001:0:container user:/workspace:/bin/sh" >>/etc/passwd
    exec setpriv --reuid=10001 --regid=0 --clear-groups '$entrypoint' sh -c "$0"' "$who")"
is 'ssh looks there, too' /tmp/opencode-docker/home/.ssh/known_hosts "$(alone user=10001:0 -- $entrypoint \
    ssh -G example.org 2>/dev/null | sed -n 's/^userknownhostsfile //p')"
# What the user left there before the container is started again.
for left in 'mkdir -p DIR/passwd/x DIR/agent' 'mkdir -p DIR/passwd/x; chmod 0 DIR/passwd' 'mkdir -p DIR/home; chmod 0 DIR/home DIR' \
    'mkdir DIR; ln -s /etc DIR/home' 'mkdir DIR; touch DIR/home' 'mkdir DIR; mkfifo DIR/passwd'; do
    is "started again as any number after: $left" '10001:/tmp/opencode-docker/home:1' "$(alone user=10001:0 -- sh -c \
        "${left//DIR//tmp/opencode-docker}; exec timeout 20 $entrypoint sh -c 'echo \$(id -u):\$HOME:\$(touch ~/x; ls ~ | grep -cx x)'" 2>"$BED/said")"
done
mkdir -p "$BED/closed" && chown 7:7 "$BED/closed"
for left in 'ln -s /etc DIR/home' 'touch DIR/home' 'mkdir DIR/passwd' 'mkdir DIR/home; chmod 0 DIR/home DIR'; do
    is "started again as root after: $left" '0 /tmp/opencode-docker/home 1000' "$(box "mount=bind:$BED/closed:/home/opencode:ro" -- sh -c "mkdir /tmp/opencode-docker
        ${left//DIR//tmp/opencode-docker}; exec $entrypoint sh -c 'touch ~/x && echo \$(stat -c %u /etc) ~ \$(stat -c %u ~)'" 2>"$BED/said")"
done
is 'numbers below 500 have a home and no name' '400:/tmp/opencode-docker/home' "$(alone user=400:0 -- $entrypoint sh -c 'echo $(id -u):$HOME')"
is 'a line of the user is not believed by root' 'root 1000' "$(alone -- $entrypoint sh -c '
    echo "opencode:x:600:600::/tmp:/bin/sh" >/tmp/opencode-docker/passwd; echo "$(sudo stat -c %U /tmp/opencode-docker) $(sudo -u opencode id -u)"' 2>/dev/null)"
box readonly=1 caps=none user=10001:0 -- $entrypoint true 2>"$BED/said"
is 'read-only without /tmp' '0:neither /home/opencode nor /tmp can be written by 10001: add --tmpfs /tmp:exec.' "$?:$(said)"
is 'the reason why there is no sudo: the entrypoint' \
    "sudo: not available: the image's entrypoint was not started (--entrypoint, or a dev container without \"overrideCommand\": false)." \
    "$(box user=1000:1000 -- sh -c 'sudo id; true' 2>&1)"

# The default command.
new_box waits -- $entrypoint
runc_ run --detach --bundle "$BED/work/waits" waits </dev/null >/dev/null 2>&1
arguments() { runc_ exec waits sh -c 'cat /proc/[0-9]*/cmdline | tr "\0" " "' | grep -o 'sleep infinity'; }
for _ in $(seq 100); do [ -n "$(arguments)" ] && break; sleep 0.05; done
is 'without input the default command waits' 'sleep infinity' "$(arguments)"
begin=$(date +%s%N)
runc_ kill waits TERM
for _ in $(seq 100); do runc_ state waits | grep -q '"stopped"' && break; sleep 0.05; done
is 'and TERM ends it at once' 1 $((($(date +%s%N) - begin) < 1000000000))
drop_box waits
# terminal_end TYPED: what is typed in the default command's shell sends TERM to process 1; the status, and whether it was quick.
terminal_end() {
    new_box shell tty=1 -- $entrypoint
    begin=$(date +%s%N)
    timeout 60 python3 "$here/terminal.py" "[('expect', rb'(%) '), ('send', b'$1\\n')]" -- \
        runc --root "$BED/runc" run --bundle "$BED/work/shell" shell
    echo "$? $((($(date +%s%N) - begin) < 9000000000))"
    drop_box shell
}
is 'on a terminal it is a login shell, which TERM ends' $'%\n143 1' "$(terminal_end 'kill -TERM 1')"
is 'also while a command runs' $'%\n143 1' "$(terminal_end '(sleep 0.2; kill -TERM 1) & sleep 50')"
is 'its status is the shell'\''s' $'%\n7 1' "$(terminal_end 'exit 7')"
is 'an explicit shell is that shell, behind tini' 'zsh tini' "$(box -- $entrypoint zsh -c 'echo $0 $(cat /proc/1/comm)')"
is 'also where another program is process 1, tini has nothing to say' '' \
    "$(box -- sh -c "$entrypoint sh -c '(sleep 0.1 &); exit'; :" 2>&1)"
finish
