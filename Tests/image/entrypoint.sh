#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The entrypoint: UID and GID, home, process 1, capabilities, signals, statuses.
. "$(dirname "$0")/bed.sh"

say='echo $(id -u):$(id -g):$(id -un):$HOME:$USER:$(stat -c %u:%g ~)'
is 'default numbers' '1000:1000:opencode:/home/opencode:opencode:1000:1000' "$(box -- $entrypoint sh -c "$say")"
is 'the caller'\''s numbers' '4321:8765:opencode:/home/opencode:opencode:4321:8765' \
    "$(box env=OPENCODE_UID=4321 env=OPENCODE_GID=8765 -- $entrypoint sh -c "$say")"
is 'numbers of Debian system accounts (macOS: 501:20)' '501:20:opencode:opencode' \
    "$(box env=OPENCODE_UID=501 env=OPENCODE_GID=20 -- $entrypoint sh -c 'echo $(id -u):$(id -g):$(id -un):$(id -gn)')"
is 'a taken uid (33)' '33:opencode' \
    "$(box env=OPENCODE_UID=33 env=OPENCODE_GID=33 -- $entrypoint sh -c 'echo $(id -u):$(id -un)')"
is 'no group but the own' '1000' "$(box -- $entrypoint id -G)"
for bad in 0 00 01 -1 '' 'x' '1 2' 4294967295 99999999999 '1;id' '$(id)'; do
    [ -n "$bad" ] || continue
    out=$(box "env=OPENCODE_UID=$bad" -- $entrypoint id -u 2>&1)
    is "uid '$bad' is refused" "64:opencode-docker: OPENCODE_UID must be a number from 1 to 4294967294, not '$bad'." "$?:$out"
done
out=$(box env=OPENCODE_GID=0 -- $entrypoint id -u 2>&1)
is 'gid 0 is refused' 64 $?

is 'the home can be written, whole, after a change of number' ok "$(box env=OPENCODE_UID=4321 env=OPENCODE_GID=4321 -- \
    $entrypoint sh -c 'test -z "$(find ~ ! -user 4321)" && touch ~/.zshrc ~/x && test -w ~/.config && echo ok')"
fill='test -z "$(find ~ ! -user $(id -u))" && cat ~/.zshrc | grep -c zshrc && stat -c %a ~/.ssh'
is 'a tmpfs home of root is handed over and filled' $'1\n700' \
    "$(box mount=tmpfs:/home/opencode:mode=0700 -- $entrypoint sh -c "$fill")"
is 'a tmpfs home of the user is filled' $'1\n700' "$(box mount=tmpfs:/home/opencode:mode=0700,uid=7,gid=7 \
    env=OPENCODE_UID=7 env=OPENCODE_GID=7 -- $entrypoint sh -c "$fill")"
is 'a working directory that only the user may enter' '7:/mnt' "$(box cwd=/mnt mount=tmpfs:/mnt:mode=0700,uid=7,gid=7 \
    env=OPENCODE_UID=7 env=OPENCODE_GID=7 -- $entrypoint sh -c 'echo $(id -u):$(pwd)')"
mkdir -p "$BED/volume" "$BED/full" && rm -rf "$BED/volume/"* && touch "$BED/full/file" && chown -R 0:0 "$BED/volume" "$BED/full"
is 'an empty volume below home, and the parents of its mount point, are handed over' '1000 1000' \
    "$(box "mount=bind:$BED/volume:/home/opencode/.a/b/c" -- $entrypoint sh -c 'stat -c %u ~/.a ~/.a/b/c | xargs')"
is 'a mount with content stays its owner'\''s' '0 0' \
    "$(box "mount=bind:$BED/full:/home/opencode/.b/full" -- $entrypoint sh -c 'stat -c %u ~/.b/full ~/.b/full/file | xargs')"
mkdir -p "$BED/fresh" && chown 1000:1000 "$BED/fresh"
is 'an empty volume of the image'\''s user is handed over to the one with another number' 4321 \
    "$(box "mount=bind:$BED/fresh:/home/opencode/.cache" env=OPENCODE_UID=4321 -- $entrypoint stat -c %u /home/opencode/.cache)"
is 'a mount with content stays its owner'\''s when the user has another number, whatever its name' '0 0 4321' \
    "$(box "mount=bind:$BED/full:/home/opencode/.b/f ull[1]" env=OPENCODE_UID=4321 -- \
        $entrypoint sh -c 'stat -c %u ~/.b/f* ~/.b/f*/file ~/.b | xargs')"
is 'an obstacle to a directory of the home is moved aside, with a message' $'ok\n2' "$(box -- $entrypoint sh -c '
    rmdir ~/.local/share; ln -s nowhere ~/.local/share; rm -rf ~/.ssh; touch ~/.ssh
    /usr/local/libexec/opencode-docker/session sh -c "test -d ~/.local/share && test -d ~/.ssh && echo ok" 2>~/said
    grep -c "moved aside" ~/said')"
is 'files that are deleted from a home stay deleted' gone "$(box -- $entrypoint sh -c 'test -e ~/.zshrc && rm ~/.zshrc
    /usr/local/libexec/opencode-docker/session sh -c "test -e ~/.zshrc || echo gone"')"

status='sed -n "s/^\(Cap[A-Z].*\|NoNewPrivs\|Seccomp\):[[:space:]]*/\1=/p" /proc/$0/status | xargs'
want='CapInh=0000000000000000 CapPrm=0000000000000000 CapEff=0000000000000000 CapBnd=00000000000000c9 CapAmb=0000000000000000'
is 'process 1 holds no capability' "$want NoNewPrivs=1 Seccomp=2" "$(box -- $entrypoint sh -c "$status" 1)"
is 'the user'\''s process holds no capability' "$want NoNewPrivs=1 Seccomp=2" "$(box -- $entrypoint sh -c "$status" self)"
is 'process 1 is tini, the user'\''s' 'tini:1000' "$(box -- $entrypoint sh -c 'echo $(cat /proc/1/comm):$(stat -c %u /proc/1)')"
is 'the environment is the user'\''s: no OPENCODE_UID' '' "$(box env=OPENCODE_UID=1000 -- $entrypoint env | grep OPENCODE)"

box -- $entrypoint sh -c 'exit 42'
is 'the exit status passes' 42 $?
box -- $entrypoint sh -c 'kill -9 $$'
is 'a signal'\''s status passes' 137 $?
box -- $entrypoint no-such-command 2>/dev/null
is 'no such command' 127 $?
# Counted by perl itself: a shell as process 1 reaps every zombie.
orphan='system("(sleep 0.1 &)"); select undef, undef, undef, 0.6;
    print scalar grep { open my $f, "<", $_; grep /^State:\s+Z/, <$f> } glob "/proc/[0-9]*/status"'
is 'zombies are reaped' 0 "$(box -- $entrypoint perl -e "$orphan")"
is 'without tini one stays (control)' 1 "$(box -- perl -e "$orphan")"
is 'standard input passes' hello "$(echo hello | box -- $entrypoint cat)"
is 'no command: a login shell that reads standard input' zsh "$(echo 'echo $0 | tr -d -; exit' | box -- $entrypoint 2>/dev/null)"

new_box stop -- $entrypoint bash -c 'trap "echo bye; exit 3" TERM; echo up; while :; do sleep 0.05; done'
runc_ run --bundle "$BED/work/stop" stop >"$BED/stop.log" 2>&1 &
pid=$!
for _ in $(seq 100); do grep -q up "$BED/stop.log" && break; sleep 0.05; done
begin=$(date +%s%N)
runc_ kill stop TERM
(sleep 5; runc_ kill stop KILL 2>/dev/null) &
late=$!
wait $pid
is 'TERM to process 1 reaches the command' '3:up bye' "$?:$(xargs <"$BED/stop.log")"
kill $late 2>/dev/null
is 'and in less than a second' 1 $((($(date +%s%N) - begin) < 1000000000))

strict='user=1000:1000 caps=none readonly=1 mount=tmpfs:/home/opencode:mode=0700,uid=1000,gid=1000 mount=tmpfs:/tmp:mode=1777 mount=tmpfs:/run:mode=755'
# shellcheck disable=SC2086
is 'strict: not root, no capability, read-only root' '1000:/home/opencode:tini:0000000000000000:1' \
    "$(box $strict env=HOME=/home/opencode -- $entrypoint sh -c \
        'echo $(id -u):$HOME:$(cat /proc/1/comm):$(sed -n "s/CapBnd:.//p" /proc/self/status):$(grep -c zshrc ~/.zshrc)')"
# shellcheck disable=SC2086
out=$(box $strict -- $entrypoint sudo id 2>&1)
is 'strict: sudo says why not' '1:sudo: not available: this container was started as its user, without root (the strict profile, --user, or USER in a Dockerfile).' "$?:$out"
out=$(box env=OPENCODE_SUDO=0 -- $entrypoint sudo id 2>&1)
is 'OPENCODE_SUDO=0: no server' '1:sudo: not available: this container was started without it (--no-sudo).' "$?:$out"
is 'OPENCODE_SUDO=0: no process of root' '' "$(box env=OPENCODE_SUDO=0 -- $entrypoint ps -o comm= -U 0)"

keep_box again env=OPENCODE_UID=555 env=OPENCODE_GID=556
is 'enter: by exec as root to the user' '555:556:/home/opencode:0000000000000000' \
    "$(inside again sh -c 'echo $(id -u):$(id -g):$HOME:$(sed -n "s/CapEff:.//p" /proc/self/status)')"
is 'enter: as the user already' 555 "$(runc_ exec --user 555:556 again /usr/local/libexec/opencode-docker/enter id -u)"
finish
