# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The second half of containers.sh: dev containers and Podman.
# shellcheck disable=SC2154 # of containers.sh
: "${here:?}" "${dir:?}" "${DEVCONTAINER?}"

# dev NAME EXPECTED: the dev container of the project is made, all five lifecycle commands run, and process 1 is held.
dev() {
    python3 - "$dir/project/$1" <<'END'
import json, sys
text = open(sys.argv[1]).read()
file = json.loads("\n".join(line for line in text.splitlines() if not line.startswith("//")))
for name in "onCreate", "updateContent", "postCreate", "postStart", "postAttach":
    file[name + "Command"] = f"echo {name} >>made"
open(sys.argv[1], "w").write(json.dumps(file))
END
    (cd "$dir/project" && timeout 300 "${ordinary[@]}" "${where[@]}" bash -c "$(example devcontainer | grep '^devcontainer')") >"$dir/dev" 2>&1
    is "$1: up" '"outcome":"success"' "$(grep -o '"outcome":"success"' "$dir/dev" || tail -n 5 "$dir/dev")"
    is "$1: the five lifecycle commands, as the user with the caller's number" '5 1202' \
        "$(xargs <"$dir/project/made" | wc -w) $(stat -c %u "$dir/project/made")"
    local container
    container=$(d ps --quiet --filter "label=devcontainer.local_folder=$dir/project")
    is "$1: what holds process 1" "$2" "$(d exec "$container" sh -c "$held" | xargs)"
    is "$1: what an editor starts as the user" '0 1' \
        "$(d exec -u opencode "$container" sh -c 'sudo id -u; sed -n "s/^NoNewPrivs:.//p" /proc/self/status' | xargs)"
    d rm -f "$container" >/dev/null
}
tries devcontainer.json
tries devcontainer
if [ ! -r "$DEVCONTAINER" ]; then
    skip 'dev containers' 'DEVCONTAINER does not name devcontainer.js of the Dev Container CLI'
elif ! own_mounts; then
    skip 'dev containers' 'not in a mount namespace of its own'
else
    project
    example devcontainer.json >"$dir/project/.devcontainer.json"
    dev .devcontainer.json 'CapEff=0 CapBnd=c9 NoNewPrivs=1 Seccomp=2 max'
    project
    (cd "$dir/project" && "${ordinary[@]}" "${where[@]}" bash -c "$(example devcontainer | grep -v '^devcontainer')" 2>>"$dir/talk")
    dev .devcontainer/devcontainer.json "$standard"
fi

# Podman: its directories, limits that every machine grants, runc.
podman_in() {
    mkdir -p "$1/run" "$1/tmp"
    chmod 700 "$1/run"
    printf '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n[engine]\nruntime = "runc"\n' >"$1/containers.conf"
    printf 'cgroup_manager = "cgroupfs"\nevents_logger = "file"\n' >>"$1/containers.conf"
    printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/root"\nrunroot = "%s/run"\n' "$1" "$1" >"$1/storage.conf"
    podman=("CONTAINERS_CONF=$1/containers.conf" "CONTAINERS_STORAGE_CONF=$1/storage.conf" "HOME=$1" "XDG_RUNTIME_DIR=$1/run" "TMPDIR=$1/tmp")
}
d save opencode-docker:1.0.0 >"$dir/image.tar"
chmod 644 "$dir/image.tar"

tries pod.yaml
tries kubernetes
podman_in "$dir/podman"
pod() { env "${podman[@]}" podman exec opencode-opencode sh -c "$1" | xargs; }
down() { env "${podman[@]}" podman pod rm --force opencode >/dev/null 2>&1; }
restricted='CapEff=0 CapBnd=0 NoNewPrivs=1 Seccomp=2'
if ! command -v podman >/dev/null || ! command -v catatonit >/dev/null; then
    skip 'pods' 'there is no podman with catatonit'
else
    env "${podman[@]}" podman load --quiet --input "$dir/image.tar" >/dev/null
    project
    example pod.yaml >"$dir/project/pod.yaml"
    env "${podman[@]}" podman play kube "$dir/project/pod.yaml" >"$dir/talk" 2>&1
    is 'a pod by hand: what holds process 1' "$restricted" "$(pod "$held" | cut -d ' ' -f 1-4)"
    is 'its user, with a home' '1000 opencode ok' "$(pod "$enter sh -c 'id -u; id -un; touch ~/x /workspace/x && echo ok'")"
    down
    if [ -x "$dir/bin/opencode-docker" ]; then
        answer=$(cd "$dir/project" && timeout 300 "${where[@]}" "${podman[@]}" python3 "$here/terminal.py" \
            "$(asks 'id -un; echo $HOME; touch ~/x /workspace/x && echo ok')" -- bash -c "$(example kubernetes)" 2>>"$dir/talk")
        is 'an exported pod, as on the page' 'opencode /home/opencode ok' "$(head -n 1 <<<"$answer")"
        is 'what holds its process 1' "$restricted" "$(pod "$held" | cut -d ' ' -f 1-4)"
        is 'its memory and its root' '4294967296 ro' "$(pod "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null
            sed -n 's/^overlay . overlay \(..\),.*/\1/p' /proc/mounts")"
        down
        export_ kubernetes --profile strict --claim work --output pod.yaml --seccomp seccomp.json
        env "${podman[@]}" podman play kube --network none --seccomp-profile-root "$dir/project" "$dir/project/pod.yaml" >"$dir/talk" 2>&1
        is 'a strict pod: no network, a workspace that lasts, in each process the filter of the profile' 'lo ok 755' \
            "$(pod 'ls /sys/class/net; touch /workspace/x ~/x && echo ok; cp /bin/true /tmp/x; chmod 4755 /tmp/x; stat -c %a /tmp/x')"
        down
    else
        skip 'an exported pod' "there is no $TOOL"
    fi
    env "${podman[@]}" podman system reset --force >/dev/null 2>&1
fi

# Without root: as a user with subordinate ids in this mount namespace, who may open the network's device.
tries podman-rootless
podman_in "$dir/rootless"
rootless=(setpriv --reuid=daemon --regid=daemon --clear-groups env "${podman[@]}")
if ! own_mounts; then
    skip 'Podman without root' 'not in a mount namespace of its own'
elif ! command -v podman >/dev/null || ! command -v newuidmap >/dev/null; then
    skip 'Podman without root' 'there is no podman with newuidmap'
else
    project
    chown -R daemon:daemon "$dir/rootless" "$dir/project"
    echo daemon:100000:65536 >"$dir/subid"
    mount --bind "$dir/subid" /etc/subuid && mount --bind "$dir/subid" /etc/subgid
    mknod "$dir/tun" c 10 200 && chmod 666 "$dir/tun" && mount --bind "$dir/tun" /dev/net/tun
    (cd "$dir/rootless" && "${rootless[@]}" podman load --quiet --input "$dir/image.tar") >/dev/null 2>"$dir/talk"
    # The first start copies the image for the other numbers.
    answer=$(cd "$dir/project" && WAIT=500 timeout 550 "${rootless[@]}" python3 "$here/terminal.py" "$(asks "$who")" -- bash -c "$(example podman-rootless)")
    is 'Podman without root: the user, sudo' '1000:1000:0 1000' "$(head -n 1 <<<"$answer")"
    is 'whose files are the caller'\''s' daemon "$(stat -c %U "$dir/project/made")"
    (cd / && "${rootless[@]}" podman unshare rm -rf "$dir/rootless/root"; "${rootless[@]}" podman system migrate) >/dev/null 2>&1
    umount /etc/subuid /etc/subgid /dev/net/tun
fi
