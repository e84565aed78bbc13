#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What containers share: a /tmp, a /run, their processes, and the files that an earlier start left.
. "$(dirname "$0")/bed.sh"
# shellcheck disable=SC2154 # of bed.sh
: "$entrypoint" "$here"
said() { sed -n 's/^opencode-docker: //p' "$BED/said"; }
libexec=/usr/local/libexec/opencode-docker
names=/tmp/opencode-docker
as() { timeout -k 1 20 runc --root "$BED/runc" exec --user "$1" --cwd "${CWD:-/workspace}" "${@:2}"; }
# background NAME OPTION...: without waiting for it as root.
background() {
    new_box "$@"
    runc_ run --detach --bundle "$BED/work/$1" "$1" </dev/null >"$BED/work/$1/log" 2>&1
}
await() { for _ in $(seq 100); do as "$1" "$2" test -e "$3" && break; sleep 0.05; done; }
fresh_tmp() { rm -rf "$BED/tmp" && mkdir "$BED/tmp" && chmod 1777 "$BED/tmp"; }
rm -rf "$BED/closed" "$BED/project" && mkdir -p "$BED/closed" "$BED/project" && chown 7:7 "$BED/closed" && chmod 777 "$BED/project"
tmp="mount=bind:$BED/tmp:/tmp"
closed="mount=bind:$BED/closed:/home/opencode:ro"
option='this container keeps nothing there. To give it a /tmp of its own: --tmpfs /tmp:exec.'

# A /tmp of two containers, both root's.
fresh_tmp
keep_box first "$tmp"
inside first sudo sh -c "rm -rf $names; mkdir $names; ln -s /etc/passwd $names/passwd; ln -s /etc $names/home"
is 'root of another container exchanges a name for a link: nothing is written through it' 'root 1000' "$(box "$tmp" "$closed" -- \
    $entrypoint sh -c 'echo $(sed -n "1s/:.*//p" /etc/passwd) $(id -u)' 2>"$BED/said")"
is 'which is said' "$names belongs to somebody else: $option" "$(said | head -n 1)"
is 'the other one has its names still' passwd "$(inside first sh -c "ls $names | grep passwd")"
drop_box first
fresh_tmp
# A link in the place of the directory, at the time when a name is written.
is 'nor when the directory is exchanged meanwhile' 'root 1' "$(box "$tmp" "$closed" -- sh -c '
    sed -i "/^replace_home() {/a rm -rf /tmp/opencode-docker; ln -s /etc /tmp/opencode-docker" '$libexec'/start
    '$entrypoint' true; echo $(sed -n "1s/:.*//p" /etc/passwd) $(ls -d /etc/home /etc/passwd | wc -l)' 2>/dev/null)"

# The same number in both.
fresh_tmp
background first user=10001:0 "$tmp" -- $entrypoint sleep infinity
await 10001:0 first $names/ready
records="cat $names/started $names/ready $names/passwd; stat -c %i $names/home"
before=$(as 10001:0 first sh -c "$records")
is 'two of the same number have a home each' "$names-10001/home $names-10001/home" "$(box user=10001:0 "$tmp" -- \
    $entrypoint sh -c "echo \$HOME \$($libexec/enter printenv HOME)" 2>"$BED/said")"
like 'and the third' "$names-10001-??????/home" "$(box user=10001:0 "$tmp" -- $entrypoint sh -c "$libexec/enter printenv HOME" 2>"$BED/said")"
is 'the first keeps what it has' "$before" "$(as 10001:0 first sh -c "$records")"
is 'also when it asks' $names/home "$(as 10001:0 first $libexec/enter printenv HOME)"

# Root in a container that a user started.
out=$(as 0:0 first $entrypoint id 2>&1)
is 'the entrypoint as root in a container of a user is refused' \
    "64:opencode-docker: this container has been started already, as its user, without root. Another process, as that user: $libexec/enter." "$?:$out"
begin=$(date +%s)
out=$(as 0:0 first $libexec/enter id 2>&1)
is 'and enter says why' '2:opencode-docker: this container was started as its user, without root: start processes as that user, without -u 0.' "$?:$out"
is 'at once' 1 $(($(date +%s) - begin < 5))
is 'the records stay' "$before" "$(as 10001:0 first sh -c "$records")"
drop_box first
background own user=10001:0 -- $entrypoint sleep infinity
await 10001:0 own $names/ready
as 0:0 own $entrypoint id >/dev/null 2>&1
is 'and so does the home, in a /tmp of its own' $names/home "$(as 10001:0 own sh -c "ls -d $names/home")"
drop_box own
keep_box root
is 'a second call of the user makes nothing' '1000:/home/opencode:' "$(as 1000:1000 root $entrypoint sh -c "echo \$(id -u):\$HOME:\$(ls -d $names-* 2>/dev/null)")"
drop_box root

# A /run of two containers.
fresh_run() { rm -rf "$BED/run" && mkdir "$BED/run"; }
fresh_run
keep_box first "mount=bind:$BED/run:/run"
keep_box second "mount=bind:$BED/run:/run"
is 'a shared /run: sudo of the last one' 0 "$(inside second sudo id -u)"
out=$(as 1000:1000 first env OPENCODE_SUDO_ENV= s6-sudo -- /run/opencode-docker/sudo '' '' / may command - id -u 2>/dev/null)
is 'is not for the users of another one' '' "$out"
is 'is the same socket' 1 "$(as 1000:1000 first sh -c 'test -S /run/opencode-docker/sudo && test -w /run/opencode-docker/sudo && echo 1')"
drop_box second
drop_box first

# Processes of another container.
background first user=10001:0 -- $entrypoint sleep infinity
await 10001:0 first $names/ready
first=$(runc_ state first | sed -n 's/.*"pid": \([0-9]*\).*/\1/p')
is "another container's processes: one of root's starts" '0:1000' "$(box "pid=/proc/$first/ns/pid" -- $entrypoint id -u 2>"$BED/said" | sed s/^/0:/)"
drop_box first

# What would be read for ever.
for left in 'mkfifo DIR/started DIR/ready' 'ln -s /dev/zero DIR/started; ln -s /dev/zero DIR/ready' 'truncate -s 1T DIR/started DIR/ready'; do
    is "a start after: $left" 1000 "$(box -- sh -c "mkdir /run/opencode-docker; ${left//DIR//run/opencode-docker}
        timeout -k 1 10 $entrypoint id -u" 2>/dev/null)"
    is 'as any number' 10001 "$(box user=10001:0 -- sh -c "mkdir $names; ${left//DIR/$names}; timeout -k 1 10 $entrypoint id -u" 2>/dev/null)"
    is 'as process 1' 10001 "$(box user=10001:0 -- sh -c "mkdir $names; ${left//DIR/$names}; (sleep 10; kill -9 -1) & exec $entrypoint timeout -k 1 9 $libexec/enter id -u" 2>/dev/null)"
done
background pipe user=10001:0 -- $entrypoint sleep infinity
await 10001:0 pipe $names/ready
as 10001:0 pipe sh -c "rm -f $names/ready $names/started; mkfifo $names/ready $names/started"
is 'the health check of a user' 'healthy: no agent in this image' "$(as 10001:0 --env HOME=$names/home pipe timeout -k 1 10 $libexec/health)"
drop_box pipe

# Homes.
home=$names/home
is 'a home below a missing directory of the project' "$home:" "$(box user=10001:0 "mount=bind:$BED/project:/workspace" env=HOME=/workspace/a/b -- \
    $entrypoint sh -c 'echo $HOME:$(ls /workspace)' 2>/dev/null)"
is 'nor through enter' /home/opencode "$(box user=10001:0 env=HOME=/workspace/a/b -- $libexec/enter printenv HOME)"
is 'enter: not in the working directory where there are no records' /home/opencode \
    "$(box user=10001:0 cwd=/mnt mount=tmpfs:/mnt:uid=10001 env=HOME=/mnt -- $libexec/enter printenv HOME)"
mkdir -p "$BED/open" && chmod 777 "$BED/open"
for open in /tmp /var/tmp /dev/shm /mnt; do
    is "a directory where others write is no home: $open" "$home:$open is open to others, and not used as a home." \
        "$(box user=10001:0 "mount=bind:$BED/open:/mnt" "env=HOME=$open" -- $entrypoint sh -c 'echo $HOME' 2>"$BED/said"):$(said | head -n 1)"
    is 'nor through enter' /home/opencode "$(box user=10001:0 "mount=bind:$BED/open:/mnt" "env=HOME=$open" -- $libexec/enter printenv HOME)"
done
is 'one of the user is' /mnt "$(box user=10001:0 mount=tmpfs:/mnt:mode=777,uid=10001 env=HOME=/mnt -- $entrypoint printenv HOME)"
mkdir -p "$BED/odd/a:b" "$BED/odd/a"$'\n'b && chown -R 10001 "$BED/odd"
for odd in a:b a$'\n'b; do
    is "a name that no line of passwd can have: ${odd@Q}" "$home 1" "$(box user=10001:0 "mount=bind:$BED/odd:/opt" "env=HOME=/opt/$odd" -- \
        $entrypoint sh -c 'echo "$HOME" $(wc -l </tmp/opencode-docker/passwd)' 2>/dev/null)"
done
is 'an image whose /home leads to the project: nothing is made there' ':' "$(box caps=docker "mount=bind:$BED/project:/workspace" -- sh -c "mv /home /old
    ln -s /workspace /home; exec $entrypoint sh -c 'echo \$(ls -A /workspace):'" 2>/dev/null)"
box caps=SETGID,SETUID env=OPENCODE_SUDO=0 mount=tmpfs:/home/opencode:mode=700,uid=7 -- $entrypoint true 2>"$BED/said"
is 'without CHOWN: the option' '64:root of this container has no CHOWN, and cannot give the user a home. Add --cap-add CHOWN.' "$?:$(said | tail -n 1)"

# An image of a container of any number.
background any user=10001:0 -- $entrypoint sleep infinity
await 10001:0 any $names/ready
runc_ kill any KILL
rm -rf "${BED:?}/commit" && cp -a "$BED/work/any/upper" "$BED/commit"
drop_box any
LOWER=$BED/commit:$BED/root
like 'root has names beside them' "$names-??????/home 1 10001" "$(box "$closed" -- \
    $entrypoint sh -c 'echo $HOME $(ls /tmp | grep -c "opencode-docker-") $(stat -c %u /tmp/opencode-docker)' 2>"$BED/said")"
is 'also when it is started again' '1 opencode' "$(box "$closed" -- sh -c "$entrypoint true; $entrypoint \
    sh -c 'echo \$(ls /tmp | grep -c opencode-docker-) \$(id -un)'" 2>/dev/null)"
unset LOWER

# The processes of both.
keep_box first pid=host
rm -rf "${BED:?}/commit" && cp -a "$BED/work/first/upper" "$BED/commit"
find "$BED/commit" -type s -delete
LOWER=$BED/commit:$BED/root
is 'shared processes: an image of a container that runs starts' 1000 "$(box pid=host -- $entrypoint id -u 2>"$BED/said")"
like 'and without the entrypoint no record of it is believed' '*the image*s entrypoint was not started *' "$(box pid=host user=1000:1000 -- sh -c 'sudo id; :' 2>&1)"
unset LOWER
is 'the first one has its server' 0 "$(inside first sudo id -u)"
drop_box first

# /run.
rm -rf "$BED/run" && mkdir "$BED/run" && chmod 777 "$BED/run"
run="mount=bind:$BED/run:/run/opencode-docker"
keep_box first "$run"
is 'a directory of records that everybody could write is closed' 755 "$(stat -c %a "$BED/run")"
box "$run" -- $entrypoint true 2>"$BED/said"
is 'and with records of another container refused' \
    '64:/run/opencode-docker has records of another start, which may run. Give each container its own: --tmpfs /run.' "$?:$(said)"
is 'which works as before' 0 "$(inside first sudo id -u)"
drop_box first
for left in 'mkdir DIR; touch DIR/x; chown -R opencode /run' 'chown opencode /run' 'ln -s /etc DIR; chown -h opencode /run DIR' 'ln -s /nowhere DIR' \
    'mkdir DIR; chown opencode DIR; chmod 0 DIR'; do
    is "started again after: $left" '0 /run/opencode-docker 0' "$(box -- sh -c "${left//DIR//run/opencode-docker}
        exec $entrypoint sh -c 'echo \$(sudo id -u) \$(readlink -f /run/opencode-docker) \$(stat -c %u /run)'" 2>&1)"
done
for inodes in 2 3; do
    out=$(box mount=tmpfs:/run:mode=755,nr_inodes=$inodes env=OPENCODE_SUDO=0 -- $entrypoint true 2>&1)
    is "a full /run is said to be one ($inodes)" '2:opencode-docker: /run/opencode-docker cannot be written: is /run full?' "$?:$out"
done

# TERM to the very first program, which waits for its message to be read.
rm -f "$BED/full.pipe" && mkfifo "$BED/full.pipe" && exec 9<>"$BED/full.pipe"
dd if=/dev/zero of="$BED/full.pipe" bs=4096 count=64 oflag=nonblock 2>/dev/null
new_box early caps=docker+SYS_PTRACE nnp=0 -- $entrypoint sleep 20
runc_ run --detach --bundle "$BED/work/early" early 2>&9 </dev/null >/dev/null
sleep 0.3
runc_ kill early TERM
sleep 0.2
dd if="$BED/full.pipe" of="$BED/said" bs=65536 count=2 iflag=nonblock 2>/dev/null
for _ in $(seq 60); do runc_ state early | grep -q '"stopped"' && break; sleep 0.05; done
is 'TERM ends the first program, too' '"stopped"' "$(runc_ state early | grep -o '"stopped"')"
exec 9>&-
drop_box early
finish
