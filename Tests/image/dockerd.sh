# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A Docker daemon for tests, with its own socket and directories below BED, and without network. `d` is its docker. It ends with
# the script, which defines drop_boxes.

dir=$(mktemp -d "$BED/docker.XXXXXX")
dockerd --host "unix://$dir/sock" --data-root "$dir/data" --exec-root "$dir/exec" --pidfile "$dir/pid" --iptables=false \
    --ip6tables=false --bridge=none >"$dir/log" 2>&1 &
daemon=$!
stop() {
    kill "$daemon" 2>/dev/null
    wait "$daemon" 2>/dev/null
    grep -o "${dir}[^ ]*" /proc/mounts | sort -r | xargs -r -n 1 umount -l 2>/dev/null
    rm -rf "$dir"
    drop_boxes
}
trap stop EXIT
d() { docker --host "unix://$dir/sock" "$@"; }
for _ in $(seq 100); do d version >/dev/null 2>&1 && break; sleep 0.2; done
