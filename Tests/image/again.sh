#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What others left: a home that is the project by another name, a /tmp of others, an image made of a container, and the
# entrypoint called twice.
. "$(dirname "$0")/bed.sh"
# shellcheck disable=SC2154 # of bed.sh
: "$entrypoint" "$here"
said() { sed -n 's/^opencode-docker: //p' "$BED/said"; }
libexec=/usr/local/libexec/opencode-docker
private=/tmp/opencode-docker/home

# A home in the project, by whatever name.
rm -rf "$BED/project" "$BED/opt" && mkdir -p "$BED/project/sub" "$BED/opt" && chmod -R 777 "$BED/project" && ln -s /workspace/sub "$BED/opt/link"
project="mount=bind:$BED/project:/workspace mount=bind:$BED/opt:/opt"
for name in /workspace/ /workspace/. //workspace /workspace/sub/.. /workspace/sub /opt/link /opt/link/ . sub ../workspace; do
    # shellcheck disable=SC2086
    is "never a home in the project: $name" "$private:sub" \
        "$(box user=10001:0 $project "env=HOME=$name" -- $entrypoint sh -c 'echo $HOME:$(find /workspace -mindepth 1 -printf "%P\n" | xargs)' 2>"$BED/said")"
done
is 'nor in another working directory' "$private:" "$(box user=10001:0 cwd=/mnt mount=tmpfs:/mnt:mode=777 env=HOME=/mnt/ -- \
    $entrypoint sh -c 'echo $HOME:$(ls -A /mnt)' 2>"$BED/said")"
is 'a home elsewhere is one' "/opt/home:.profile" "$(mkdir "$BED/opt/home"; chown 10001 "$BED/opt/home"; box user=10001:0 "mount=bind:$BED/opt:/opt" env=HOME=/opt/home -- \
    $entrypoint sh -c 'cd; echo $HOME:$(ls -d .profile)')"
# shellcheck disable=SC2086
for links in 'mv /home /old; ln -s /workspace /home; mkdir /workspace/opencode; chown 1000 /workspace/opencode' \
    'mv /home/opencode /old; ln -s /workspace/opencode /home/opencode'; do
    is "nor by a link of the image: $links" "$private::sub" "$(box caps=docker $project -- sh -c "$links
        exec $entrypoint sh -c 'echo \$HOME:\$(ls -A /workspace/opencode):\$(ls /workspace | grep -v opencode)'" 2>"$BED/said")"
    is "as any number, too" "$private::sub" "$(box caps=docker $project -- sh -c "$links; chown 10001 /workspace/opencode
        exec setpriv --reuid=10001 --regid=0 --clear-groups $entrypoint sh -c 'echo \$HOME:\$(ls -A /workspace/opencode):\$(ls /workspace | grep -v opencode)'" 2>"$BED/said")"
done
# shellcheck disable=SC2086
new_box any user=10001:0 $project -- $entrypoint sleep infinity
runc_ run --detach --bundle "$BED/work/any" any </dev/null >/dev/null 2>&1
as() { runc_ exec --user "$1" --cwd "${CWD:-/workspace}" "${@:2}"; }
for _ in $(seq 100); do as 10001:0 any test -e /tmp/opencode-docker/ready && break; sleep 0.05; done
is 'nor through enter' "$private" "$(as 10001:0 --env HOME=/workspace/ any $libexec/enter printenv HOME)"
is 'healthy' 'healthy: no agent in this image' "$(as 10001:0 any $libexec/health)"
is 'a login shell finds it' "$private" "$(as 10001:0 --env HOME=/home/opencode any bash -lc 'echo $HOME')"
before=$(as 10001:0 any sh -c 'cat /tmp/opencode-docker/*d /tmp/opencode-docker/ready')
is 'a second call of the entrypoint is a process like others' "$private" "$(as 10001:0 --env HOME=/ any $entrypoint printenv HOME 2>/dev/null)"
is 'and leaves the records' "$before" "$(as 10001:0 any sh -c 'cat /tmp/opencode-docker/*d /tmp/opencode-docker/ready')"
drop_box any
is 'a home below a mounted directory is handed over on a read-only image, too' '/home/opencode 1000' "$(box readonly=1 mount=tmpfs:/home:mode=755 \
    mount=tmpfs:/run:mode=755 mount=tmpfs:/tmp:mode=1777 -- $entrypoint sh -c 'echo $HOME $(stat -c %u ~)')"

# A /tmp of others. `exchange` is what they can do there.
# open_to_all NAME: a directory of root that everybody may write, without the sticky bit.
open_to_all() { rm -rf "${BED:?}/$1" && mkdir "$BED/$1" && chmod 777 "$BED/$1" && echo "mount=bind:$BED/$1"; }
option='To give it a /tmp of its own: --tmpfs /tmp:exec.'
who='echo $(id -u):$HOME:$(ls -A /tmp | xargs)'
for number in 10001:0 1000:1000; do
    is "a /tmp without the sticky bit is not used ($number)" "${number%:*}:/home/opencode:" \
        "$(box user=$number "$(open_to_all tmp):/tmp" "$(open_to_all home):/home/opencode" -- $entrypoint sh -c "$who" 2>"$BED/said")"
    is 'which is said, with the option' "others can exchange what is in /tmp: this container keeps nothing there. $option" "$(said)"
done
is 'also where there is no other home' '10001:/home/opencode:' "$(box user=10001:0 "$(open_to_all tmp):/tmp" -- $entrypoint sh -c "$who" 2>"$BED/said")"
is 'in one sentence' '/home/opencode cannot be written by 10001, and others can exchange what is in /tmp: add --tmpfs /home/opencode:exec,uid=10001 or --tmpfs /tmp:exec.' "$(said)"
is 'root: no name of others is believed' '1000:/home/opencode::0 no' "$(box "$(open_to_all tmp):/tmp" -- \
    $entrypoint sh -c "$who:\$(sudo id -u) \$(test -L /var/lib/extrausers/passwd || echo no)" 2>"$BED/said")"
is 'which is said' "others can exchange what is in /tmp: this container keeps nothing there. $option" "$(said)"
is 'a /tmp of the user alone is its own' "10001:$private:opencode-docker" "$(box user=10001:0 mount=tmpfs:/tmp:mode=0755,uid=10001 -- $entrypoint sh -c "$who" 2>/dev/null)"
is 'a /tmp of another user is not' '10001:/home/opencode:' "$(box user=10001:0 mount=tmpfs:/tmp:mode=1777,uid=7 -- $entrypoint sh -c "$who" 2>/dev/null)"
# shared LEFT: a /tmp with the sticky bit, in which the user with the number 7 did this before.
shared() {
    rm -rf "$BED/tmp" && mkdir "$BED/tmp" && chmod 1777 "$BED/tmp"
    (cd "$BED/tmp" && setpriv --reuid=7 --regid=7 --clear-groups sh -c "$1")
}
theirs='mkdir -m 777 opencode-docker opencode-docker/home; echo opencode:x:10001:10001::/etc:/bin/sh >opencode-docker/passwd'
shared "$theirs"
is 'a directory of another user is not used' '10001:/tmp/opencode-docker-10001/home:0' "$(box user=10001:0 "mount=bind:$BED/tmp:/tmp" -- \
    $entrypoint sh -c 'echo $(id -u):$HOME:$(ls -A /tmp/opencode-docker/home | wc -l)' 2>"$BED/said")"
is 'and then there is no name' '/tmp/opencode-docker was there before this start: the user of this container has no name. Add --tmpfs /tmp:exec.' "$(said | tail -n 1)"
keep_box root "mount=bind:$BED/tmp:/tmp"
is 'nor by root' '1000:/home/opencode root opencode' "$(inside root sh -c 'echo $(id -u):$HOME $(sudo id -un) $(id -un)')"
is 'where the name in it is none' '' "$(inside root getent passwd 10001)"
is 'and it stays' 7 "$(stat -c %u "$BED/tmp/opencode-docker")"
drop_box root
box readonly=1 mount=tmpfs:/run:mode=755 "mount=bind:$BED/tmp:/tmp" -- $entrypoint true 2>"$BED/said"
is 'where nothing can be done about the names, root does not start' '64:/tmp/opencode-docker belongs to somebody else. Add --tmpfs /run --tmpfs /tmp:exec.' "$?:$(said)"
shared 'ln -s /workspace opencode-docker' && mkdir -p "$BED/project/home" && chown 10001 "$BED/project/home"
# shellcheck disable=SC2086
is 'nor what a link of theirs leads to' /home/opencode "$(box user=10001:0 $project "mount=bind:$BED/tmp:/tmp" env=HOME=/home/opencode -- $libexec/enter printenv HOME)"
shared 'mkdir -m 777 opencode-docker; mkfifo opencode-docker/ready opencode-docker/agent opencode-docker/started'
new_box fifo user=10001:0 "mount=bind:$BED/tmp:/tmp" "$(open_to_all home):/home/opencode" -- $entrypoint sleep infinity
runc_ run --detach --bundle "$BED/work/fifo" fifo </dev/null >/dev/null 2>&1
is 'the health check reads nothing of theirs' 'healthy: no agent in this image' "$(as 10001:0 --env HOME=/home/opencode fifo timeout 10 $libexec/health)"
drop_box fifo
box "$(open_to_all run):/run" -- $entrypoint true 2>"$BED/said"
is 'a /run in which others can exchange the sockets' '64:others can exchange what is in /run. Add --tmpfs /run.' "$?:$(said)"

# Twice.
keep_box twice env=OPENCODE_UID=4321 || exit 1
records='cat /run/opencode-docker/ready /run/opencode-docker/started; stat -c "%i %u" /run/opencode-docker /run/opencode-docker/sudo; grep opencode /etc/passwd'
before=$(as 0:0 twice sh -c "$records")
refused="64:opencode-docker: this container has been started already, by process 1. Another process of its user: $libexec/enter."
out=$(inside twice sudo OPENCODE_UID=5000 $entrypoint id -u 2>&1)
is 'a second call of the entrypoint, by sudo, is refused' "$refused" "$?:$out"
out=$(as 0:0 --env OPENCODE_UID=5000 twice $entrypoint id -u 2>&1)
is 'or by exec' "$refused" "$?:$out"
is 'nothing is changed' "$before" "$(as 0:0 twice sh -c "$records")"
is 'and all works' '4321 0 healthy: no agent in this image' "$(inside twice sh -c "id -u; sudo id -u; $libexec/health" | xargs)"
is 'as the user it is a process like others' 4321 "$(inside twice $entrypoint id -u)"
is 'an entrypoint that ended may be followed by another' '1000 1000' "$(box -- sh -c "$entrypoint id -u; $entrypoint id -u; :" | xargs)"

# commit NAME: what `docker commit` makes of a container: its files, without what runs.
commit() {
    runc_ kill "$1" KILL
    rm -rf "${BED:?}/commit" && cp -a "$BED/work/$1/upper" "$BED/commit"
    find "$BED/commit" -type s -delete
    LOWER=$BED/commit:$BED/root
    drop_box "$1"
}
as 0:0 twice sh -c "mkdir -p /etc/opencode-docker; printf '/usr/local/bin/agent\n1.2.3\n' >/etc/opencode-docker/agent
    printf '#!/bin/sh\necho 1.2.3\n' >/usr/local/bin/agent; chmod 755 /usr/local/bin/agent
    echo 99999 >/run/opencode-docker/agent.asked; printf 'old\nunhealthy: old\n' >/run/opencode-docker/agent"
commit twice
is 'an image of a container: the number that it had' '4321:/home/opencode:4321 0' \
    "$(box -- $entrypoint sh -c 'echo $(id -u):$HOME:$(stat -c %u ~) $(sudo id -u)' 2>&1)"
is 'or another' '1000:/home/opencode:1000 0' "$(box env=OPENCODE_UID=1000 -- $entrypoint sh -c 'echo $(id -u):$HOME:$(stat -c %u ~) $(sudo id -u)' 2>&1)"
keep_box committed
is 'its health' 'healthy: starting, the agent has not answered yet' "$(as 0:0 committed $libexec/health)"
drop_box committed
new_box late -- sh -c "sleep 1; exec $entrypoint sleep infinity"
sed -i 's/sleep 1/: libexec\/opencode-docker\/; sleep 1/' "$BED/work/late/config.json"
sed -i 's/"TERM=xterm"/"OPENCODE_UID=777", "TERM=xterm"/' "$BED/work/late/config.json"
runc_ run --detach --bundle "$BED/work/late" late </dev/null >/dev/null 2>&1
is 'a process that comes before the entrypoint waits for the new number' 777 "$(inside late id -u)"
drop_box late
is 'as any number: a home and no sudo' "10001:/tmp/opencode-docker-10001/home:1:sudo: not available: this container was started as its user, without root (the strict profile, --user, or USER in a Dockerfile)." \
    "$(box user=10001:0 -- $entrypoint sh -c 'out=$(sudo id 2>&1); echo $(id -u):$HOME:$?:$out' 2>/dev/null)"
new_box committed user=10001:0 -- $entrypoint sleep infinity
runc_ run --detach --bundle "$BED/work/committed" committed </dev/null >/dev/null 2>&1
for _ in $(seq 100); do as 10001:0 committed test -e /tmp/opencode-docker-10001/ready && break; sleep 0.05; done
is 'its health as any number' 'healthy: starting, the agent has not answered yet' "$(as 10001:0 --env HOME=/ committed $libexec/enter $libexec/health)"
drop_box committed
new_box committed -- sleep infinity
runc_ run --detach --bundle "$BED/work/committed" committed </dev/null >/dev/null 2>&1
is 'without the entrypoint: no record is believed' "healthy: /usr/local/bin/agent was not asked for its version (the entrypoint was not started: there is no sudo)" \
    "$(as 0:0 committed $libexec/health)"
like 'and sudo says why' '*the image*s entrypoint was not started *' "$(inside committed sudo id 2>&1)"
drop_box committed
unset LOWER
new_box any user=10001:0 -- $entrypoint sleep infinity
runc_ run --detach --bundle "$BED/work/any" any </dev/null >/dev/null 2>&1
for _ in $(seq 100); do as 10001:0 any test -e /tmp/opencode-docker/ready && break; sleep 0.05; done
commit any
is 'an image of a container of any number starts as root' '1000:/home/opencode 0' "$(box -- $entrypoint sh -c 'echo $(id -u):$HOME $(sudo id -u)' 2>"$BED/said")"
is 'as its number' "10001:opencode:$private" "$(box user=10001:0 -- $entrypoint sh -c 'echo $(id -u):$(id -un):$HOME' 2>/dev/null)"
finish
