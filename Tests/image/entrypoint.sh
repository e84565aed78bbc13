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
is 'the image'\''s own /workspace is the user'\''s, what is mounted there stays its owner'\''s' '4321:8765 0:0' \
    "$(box env=OPENCODE_UID=4321 env=OPENCODE_GID=8765 -- $entrypoint stat -c %u:%g /workspace) $(box env=OPENCODE_UID=4321 \
        mount=tmpfs:/workspace:mode=0755 -- $entrypoint stat -c %u:%g /workspace)"
# Each costs a start some 2 ms, and one without mounts has to stay below 50.
is 'a start takes few processes' 1 "$(box -- $entrypoint sh -c 'echo $(($$ <= 19))')"
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
# fresh NAME: an empty directory of the bed, of the user with the number 1000.
fresh() { rm -rf "${BED:?}/$1" && mkdir "$BED/$1" && chown 1000:1000 "$BED/$1"; }
fresh shared && mkdir "$BED/shared/in" && touch "$BED/shared/in/file" "$BED/shared/in/over" "$BED/full/over"
chown 7:7 "$BED/full" "$BED/full/over" && ln -s /etc "$BED/shared/link"
is 'so does a mount of the device that the home has, a file, too; a link changes its owner, not what it leads to' \
    '7 0 7 0 4321 4321 4321' "$(box "mount=bind:$BED/shared:/home/opencode" "mount=bind:$BED/full:/home/opencode/full" \
    "mount=bind:$BED/full/over:/home/opencode/in/over" env=OPENCODE_UID=4321 -- $entrypoint sh -c \
    'stat -c %u ~/full ~/full/file ~/in/over /etc ~/in ~/in/file ~/link | xargs')"
chown 0:0 "$BED/full"

# Another container exchanges directories of the shared home for links to what is root's.
fresh shared && mkdir -p "$BED/root_only" && chown 0:0 "$BED/root_only"
python3 "$here/exchange.py" "$BED/shared" /opt/root_only &
other=$!
for number in 1000 1000 1000 4321 1000 4321; do
    box "mount=bind:$BED/shared:/home/opencode" "mount=bind:$BED/root_only:/opt/root_only" "env=OPENCODE_UID=$number" -- $entrypoint true
    chown 0:0 "$BED/shared"/d* 2>/dev/null
done
kill $other
is 'a link that another container puts there is never followed' '0 0' "$(stat -c '%u %g' "$BED/root_only")"

fresh shared && (cd "$BED/shared" && mkdir -p $(seq -f 'm/%g/n' 1500))
begin=$(date +%s%N)
is '3000 directories of root are handed over' 0 "$(box "mount=bind:$BED/shared:/home/opencode" -- $entrypoint find /home/opencode ! -user 1000 | wc -l)"
is 'in less than two seconds, the engine'\''s included' 1 $((($(date +%s%N) - begin) < 2000000000))

# What an earlier container left may never end a start.
for mode in 0 100 400 500; do
    fresh shared && mkdir -p "$BED/shared/of_user/in" "$BED/shared/of_root/in" && chown -R 1000:1000 "$BED/shared/of_user"
    chmod $mode "$BED/shared/of_user" "$BED/shared/of_root" "$BED/shared"
    is "a home with the mode $mode is the user's again" '0:1000' "$(out=$(box "mount=bind:$BED/shared:/home/opencode" -- \
        $entrypoint sh -c 'touch ~/x && stat -c %u ~ && test -w ~/of_root/in' 2>&1); echo "$?:$out" | xargs -d '\n')"
    chmod $mode "$BED/shared/of_user" "$BED/shared/of_root" "$BED/shared"
    is "also of another number" '0:4321 4321 4321' "$(out=$(box "mount=bind:$BED/shared:/home/opencode" env=OPENCODE_UID=4321 -- \
        $entrypoint sh -c 'touch ~/x && stat -c %u ~ ~/of_user/in ~/of_root/in' 2>&1); echo "$?:$out" | xargs -d '\n')"
done
fresh shared && chown 7:7 "$BED/shared"
for number in 4321 1000; do
    out=$(box "mount=bind:$BED/shared:/home/opencode:ro" "env=OPENCODE_UID=$number" env=OPENCODE_GID=1000 -- $entrypoint sh -c 'touch ~/x && echo $HOME' 2>&1)
    is "a read-only home of another number is replaced, with a message ($number)" "0:opencode-docker: /home/opencode cannot be written: the home is \
/tmp/opencode-docker/home, which ends with the container. Add --tmpfs /home/opencode:exec, or -v VOLUME:/home/opencode to keep it.
/tmp/opencode-docker/home" "$?:$out"
done
out=$(box "mount=bind:$BED/full/file:/home/opencode/.ssh" "mount=bind:$BED/full/file:/home/opencode/.cache" -- $entrypoint sh -c 'test -d ~/.local/share && echo up' 2>&1)
is 'a file that is mounted in the place of a directory stays, with a message' "0:opencode-docker: '~/.cache' is no directory, and cannot be moved aside
opencode-docker: '~/.ssh' is no directory, and cannot be moved aside
up" "$?:$out"
fresh shared && mkfifo "$BED/shared/.zshenv" "$BED/shared/.zshrc" "$BED/shared/.profile" && ln -s /dev/zero "$BED/shared/.zlogin"
ln -s /dev/null "$BED/shared/.zprofile" && chown -h 1000:1000 "$BED/shared/".z* "$BED/shared/.profile"
out=$(echo 'echo up; exit' | box "mount=bind:$BED/shared:/home/opencode" -- $entrypoint timeout 10 zsh -l 2>&1)
is 'a pipe or device in the place of a shell'\''s file is moved aside, /dev/null is not' '4 up /dev/null' \
    "$(grep -c 'is no file, moved aside' <<<"$out") $(tail -n 1 <<<"$out") $(readlink "$BED/shared/.zprofile")"
for value in 2 yes false 00; do
    out=$(box "env=OPENCODE_SUDO=$value" -- $entrypoint true 2>&1)
    is "OPENCODE_SUDO=$value is refused" "64:opencode-docker: OPENCODE_SUDO must be 0 or 1, not '$value'." "$?:$out"
done

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
is 'where tini cannot adopt processes it is not asked to' 'tini -- sh -c' "$(box env=OPENCODE_NO_SUBREAPER=1 -- $entrypoint sh -c \
    'tr "\0" " " </proc/1/cmdline | cut -c 1-13; env | grep SUBREAPER')"
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

# The container's PATH, and what else has a program run files, is the user's command's.
fresh path && for name in mkdir chown stat sed mv rm find setpriv sh env tini cp s6-ipcserver mkfifo ls timeout grep perl strict.pm sleep tr; do
    printf '#!/bin/sh\n[ "$(/usr/bin/id -u)" != 0 ] || echo %s >>/opt/path/ran\nPATH=/usr/bin:/bin exec %s "$@"\n' "$name" "$name" >"$BED/path/$name"
    chmod 755 "$BED/path/$name"
done
echo 'open my $f, ">>", "/opt/path/ran"; print $f "perl\n" if !$<; delete $INC{"strict.pm"}; @INC = grep { $_ ne "/opt/path" } @INC; require strict; 1' >"$BED/path/strict.pm"
: >"$BED/path/ran"
own='env=PATH=/opt/path:/usr/bin:/bin env=PERL5LIB=/opt/path env=PERL5OPT=-Mstrict env=BASH_ENV=/opt/path/rc env=LD_LIBRARY_PATH=/opt/path'
mkdir -p "$BED/taken" && chown 7:7 "$BED/taken"
# shellcheck disable=SC2086
is 'PATH, PERL5LIB, LD_LIBRARY_PATH and BASH_ENV reach the user'\''s command' \
    '/opt/path:/usr/bin:/bin /opt/path -Mstrict /opt/path/rc /opt/path 0' \
    "$(box $own "mount=bind:$BED/path:/opt/path" "mount=bind:$BED/taken:/home/opencode" -- $entrypoint /bin/sh -c \
        'echo $PATH $PERL5LIB $PERL5OPT $BASH_ENV $LD_LIBRARY_PATH $(/usr/bin/env | /usr/bin/grep -c OPENCODE)' 2>&1)"
# shellcheck disable=SC2086
keep_box path $own "mount=bind:$BED/path:/opt/path" "mount=bind:$BED/taken:/home/opencode"
is 'also through enter' '/opt/path:/usr/bin:/bin /opt/path 0' \
    "$(inside path /bin/sh -c 'echo $PATH $PERL5LIB $(/usr/bin/env | /usr/bin/grep -c OPENCODE)')"
is 'the health check' 'healthy: no agent in this image' "$(runc_ exec --user 0:0 path /usr/local/libexec/opencode-docker/health)"
is 'and as the user' 'healthy: no agent in this image' "$(inside path /usr/local/libexec/opencode-docker/health)"
is 'root finds no program there' '' "$(cat "$BED/path/ran")"
drop_box path
is 'an empty PATH' '0:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$(out=$(box env=PATH= -- $entrypoint sh -c 'echo $PATH' 2>&1); echo "$?:$out")"
is 'a terminal of any name' 'x;$(id)' "$(box 'env=TERM=x;$(id)' -- $entrypoint printenv TERM)"
is 'variables with the names of those that are kept mean nothing' '/tmp x' "$(box env=PATH=/tmp:/bin env=LD_X=x 'env=OPENCODE_KEPT=;id' \
    env=OPENCODE_KEPT_PATH=/y -- $entrypoint sh -c 'echo ${PATH%%:*} $LD_X; env | grep OPENCODE')"
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
