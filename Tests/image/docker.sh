#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The same image in a real Docker: a test daemon with its own socket and directories, without network.
. "$(dirname "$0")/bed.sh"

# shellcheck disable=SC2154 # of bed.sh
. "$here/daemon.sh"

hard="--cap-drop ALL --cap-add CHOWN --cap-add FOWNER --cap-add SETGID --cap-add SETUID --security-opt no-new-privileges
    --security-opt seccomp=${IMAGE:-$here/../../image}/seccomp.json --network none --pids-limit 1024"
# shellcheck disable=SC2086
run() { d run --rm $hard "$@"; }

is 'the user' '1000:0000000000000000' "$(run box sh -c 'echo $(id -u):$(sed -n "s/CapEff:.//p" /proc/self/status)')"
is 'the caller'\''s numbers' '777:778:opencode' "$(run -e OPENCODE_UID=777 -e OPENCODE_GID=778 box sh -c 'echo $(id -u):$(id -g):$(id -un)')"
is 'sudo: root, four capabilities, no new privileges' '0 00000000000000c9 1' \
    "$(run box sudo sh -c 'id -u; sed -n "s/^CapEff:.//p; s/^NoNewPrivs:.//p" /proc/self/status' | xargs)"
run box sh -c 'exit 42'
is 'the exit status passes' 42 $?
is 'no way to a set-uid file' 0 "$(run -v "$here:/opt/tests:ro" box sudo python3 /opt/tests/syscalls.py bits /tmp/x | grep -c /bit)"
four='--cap-drop ALL --cap-add CHOWN --cap-add FOWNER --cap-add SETGID --cap-add SETUID --security-opt seccomp=unconfined --network none'
# shellcheck disable=SC2086
is 'nor without the profile: the image has its rules' 0 \
    "$(d run --rm $four -v "$here:/opt/tests:ro" box sudo python3 /opt/tests/syscalls.py bits /tmp/x | grep -c OK/bit)"
# shellcheck disable=SC2086
is 'without the entrypoint there is (control)' 20 \
    "$(d run --rm $four -v "$here:/opt/tests:ro" --entrypoint python3 box /opt/tests/syscalls.py bits /tmp/x | grep -c OK/bit)"
is 'a fresh volume below the home' '1000 1000' "$(run -v fresh:/home/opencode/.a/b box sh -c 'stat -c %u ~/.a ~/.a/b | xargs')"
is 'a tmpfs home' 1 "$(run --tmpfs /home/opencode:exec box sh -c 'touch ~/x && grep -c zshrc ~/.zshrc')"
is 'strict' '1000:0' "$(d run --rm --cap-drop ALL --security-opt no-new-privileges --security-opt "seccomp=${IMAGE:-$here/../../image}/seccomp.json" \
    --network none --read-only --user 1000:1000 --tmpfs /home/opencode:exec,uid=1000,gid=1000 --tmpfs /tmp box sh -c \
    'touch ~/x; echo $(id -u):$((0x$(sed -n "s/CapBnd:.//p" /proc/self/status)))')"

# shellcheck disable=SC2086
d run -d --name stop $hard --health-cmd /usr/local/libexec/opencode-docker/health --health-interval 1s --health-timeout 30s --health-retries 1 \
    box bash -c 'trap "exit 0" TERM; while :; do sleep 0.05; done' >/dev/null
state() { for _ in $(seq 60); do [ "$(d inspect -f '{{.State.Health.Status}}' stop)" = "$1" ] && break; sleep 0.2; done; d inspect -f '{{.State.Health.Status}}' stop; }
is 'health turns healthy' healthy "$(state healthy)"
is 'exec as root, then the user' '0 1000' "$(d exec -u 0 stop id -u) $(d exec -u 0 stop /usr/local/libexec/opencode-docker/enter id -u)"
d exec -u 0 stop mv /run/opencode-docker/sudo /run/gone
is 'and unhealthy when the sudo server is gone' unhealthy "$(state unhealthy)"
begin=$(date +%s%N)
d stop stop >/dev/null
is 'stop is graceful and quick' '0 1' "$(d inspect -f '{{.State.ExitCode}}' stop) $((($(date +%s%N) - begin) < 2000000000))"
finish
