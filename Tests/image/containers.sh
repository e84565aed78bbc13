#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Each example of docs/containers.md, as it is printed there, and the documents of `export`: by an ordinary user on a
# Docker of the test, with Compose, with Podman as root and without, with the Dev Container CLI. TOOL is the program, DEVCONTAINER the
# CLI's devcontainer.js; without them, and where Podman cannot run, the examples are skipped, with the reason.
. "$(dirname "$0")/bed.sh"
# shellcheck disable=SC2154 # of bed.sh
. "$here/daemon.sh"
. "$here/page.sh"
# shellcheck disable=SC2154 # of daemon.sh
chmod 755 "$dir"
chmod 666 "$dir/sock"
TOOL=${TOOL:-$here/../../.build/release/opencode-docker}
DEVCONTAINER=${DEVCONTAINER:-}
skip() {
    count=$((count + 1))
    echo "ok $count - $1 # SKIP $2"
}

mkdir "$dir/context" "$dir/bin"
as_built box "$dir/context"
d build --quiet --tag opencode-docker:1.0.0 "$dir/context" >/dev/null || exit 1

# The page's `docker compose` is the older program where Docker has no such plugin.
cat >"$dir/bin/docker" <<END
#!/bin/sh
if [ "\$1" = compose ] && ! $(command -v docker) compose version >/dev/null 2>&1; then
    shift
    exec docker-compose "\$@"
fi
exec $(command -v docker) "\$@"
END
# A pod is tried with Podman, which reads the same file.
cat >"$dir/bin/kubectl" <<'END'
#!/bin/sh
case $1 in
apply) exec podman play kube "$3" ;;
exec) shift && [ "$1" = -it ] && pod=$2 && shift 3 && exec podman exec -it "$pod-opencode" "$@" ;;
esac
END
printf '#!/bin/sh\nexec node "%s" "$@"\n' "$DEVCONTAINER" >"$dir/bin/devcontainer"
[ ! -x "$TOOL" ] || cp "$TOOL" "$dir/bin/opencode-docker"
cp -R "$here/../../image" "$dir/image"
chmod 755 "$dir/bin/"*

# The ordinary user has a name, in this mount namespace.
own_mounts() { [ "$(readlink /proc/self/ns/mnt)" != "$(readlink /proc/1/ns/mnt)" ]; }
if own_mounts; then
    { cat /etc/passwd && echo "caller:x:1202:1203::$dir/project:/bin/sh"; } >"$dir/passwd"
    mount --bind "$dir/passwd" /etc/passwd
fi
# project: a new project of an ordinary user, in which the examples run.
project() {
    rm -rf "$dir/project"
    mkdir "$dir/project"
    cp -R "$dir/image" "$dir/project/image"
    chown -R 1202:1203 "$dir/project"
}
ordinary=(setpriv --reuid=1202 --regid=1203 --clear-groups)
"${ordinary[@]}" test -x "$dir" || { echo "Bail out! An ordinary user cannot pass through to $dir: set BED to another directory." && exit 1; }
where=(env "DOCKER_HOST=unix://$dir/sock" "PATH=$dir/bin:$PATH" "HOME=$dir/project" "OPENCODE_DOCKER_IMAGE_DIR=$dir/image")
# played NAME STEPS: the example on a terminal, by the ordinary user; STEPS are those of terminal.py.
played() { (cd "$dir/project" && timeout 300 "${ordinary[@]}" "${where[@]}" python3 "$here/terminal.py" "$2" -- bash -c "$(example "$1")"); }

tried=()
# tries NAME: in the list, for the last test.
tries() { tried+=("$1"); }

# What holds process 1, as a line; in a shell of the container. The limit of processes, wherever control groups have it.
held='sed -nE "s/^(CapEff|CapBnd|NoNewPrivs|Seccomp):[[:space:]]*0*([0-9a-f]+)$/\1=\2/p" /proc/1/status | xargs; cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2>/dev/null'
standard='CapEff=0 CapBnd=c9 NoNewPrivs=1 Seccomp=2 1024'
# asks COMMANDS: steps for a shell that prints what COMMANDS print, in one line.
asks() {
    python3 -c 'import sys; print([("expect", rb"(%) "), ("send", f'"'"'echo "<"$({sys.argv[1]})">"\n'"'"'.encode()),
        ("expect", rb"\n<([^>\n]*)>"), ("send", b"exit\n")])' "$1"
}
who='echo $(id -u):$(id -g):$(sudo id -u); touch made; stat -c %u made'

project
tries docker-run
is 'docker run: the agent, with the caller'\''s numbers, in the project' 'agent 1202:1203 /workspace' \
    "$(played docker-run "[('expect', rb'(agent [0-9:]+ /workspace)')]")"
tries docker-enter
is 'docker exec through enter' '1202:1203:0 1202' "$(played docker-enter "$(asks "$who")" | head -n 1)"
tries docker-strongest
is 'the strongest form: the caller, and root through sudo' '1202:1203:0 1202' "$(played docker-strongest "$(asks "$who")" | head -n 1)"
is 'and what it holds' "$standard" "$(played docker-strongest "$(asks "$held")" | head -n 1)"
tries docker-read-only
is 'read-only: a home below /tmp' '/tmp/opencode-docker/home 0 ro' "$(played docker-read-only \
    "$(asks 'echo $HOME; sudo id -u; sed -n "s/^overlay . overlay \(..\),.*/\1/p" /proc/mounts')" | head -n 1)"

tries Dockerfile
project
example Dockerfile >"$dir/project/Dockerfile"
if timeout 300 docker --host "unix://$dir/sock" build --network host --tag derived "$dir/project" >"$dir/built" 2>&1; then
    is 'a Dockerfile: its package, and root through sudo' 'psql 0' "$(d run --rm derived sh -c 'basename $(command -v psql); sudo id -u' | xargs)"
elif grep -qE 'Temporary failure|Could not (resolve|connect)|Unable to connect' "$dir/built"; then
    skip 'a Dockerfile' 'no Debian mirror within reach'
else
    is 'a Dockerfile is built' '' "$(tail -n 3 "$dir/built")"
fi

# Compose: the file by hand, then the exported ones.
compose() { (cd "$dir/project" && timeout 300 "${ordinary[@]}" "${where[@]}" OPENCODE_UID=1202 OPENCODE_GID=1203 docker compose "$@" 2>>"$dir/talk"); }
service() { compose exec -T opencode sh -c "$1" | xargs; }
export WAIT=120
export_() { (cd "$dir/project" && "${ordinary[@]}" "${where[@]}" opencode-docker export "$@" 2>>"$dir/talk"); }
enter=/usr/local/libexec/opencode-docker/enter
tries compose.yaml
tries compose
if ! "${where[@]}" docker compose version >/dev/null 2>&1; then
    skip 'Compose' 'there is neither docker compose nor docker-compose'
else
    project
    example compose.yaml >"$dir/project/compose.yaml"
    compose up -d
    is 'Compose by hand: what holds process 1' "$standard" "$(service "$held")"
    is 'and the user' '1202:1203:0 1202' "$(service "$enter sh -c '$who'")"
    compose down -v
fi
if [ -x "$dir/bin/opencode-docker" ] && "${where[@]}" docker compose version >/dev/null 2>&1; then
    project
    is 'an exported Compose file, as on the page' 'agent 1202:1203 /workspace' "$(played compose "[('expect', rb'(agent [0-9:]+ /workspace)')]")"
    compose up -d
    is 'what holds its process 1' "$standard" "$(service "$held")"
    is 'its filter is the profile'\''s: as root no set-uid file' 1 "$(compose exec -T opencode sh -c 'cp /bin/true /tmp/x; chmod 4755 /tmp/x; test ! -u /tmp/x && echo 1')"
    is 'its home is a volume of the user'\''s' '1202 ext4' "$(service "stat -c %u /home/opencode; sed -n 's|^[^ ]* /home/opencode \([^ ]*\) .*|\1|p' /proc/mounts" | sed 's/ [^ ]*$/ ext4/')"
    compose down -v
    export_ compose --profile strict --memory 1g --output compose.yaml --seccomp seccomp.json
    compose up -d
    is 'the strict profile' 'CapEff=0 CapBnd=0 NoNewPrivs=1 Seccomp=2 1024' "$(service "$held")"
    is 'no network, read-only, a home in memory' 'lo ro 1202 tmpfs' "$(service "ls /sys/class/net; sed -n 's/^overlay . overlay \(..\),.*/\1/p' /proc/mounts; touch ~/x && stat -c %u ~/x; sed -n 's|^tmpfs /home/opencode \([^ ]*\) .*|\1|p' /proc/mounts")"
    is 'its memory' 1073741824 "$(service 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null')"
    compose down -v
else
    skip 'an exported Compose file' "there is no $TOOL, or no Compose"
fi
. "$here/containers-others.sh"
is 'each example of the page is tried' "$(examples | sort | xargs)" "$(printf '%s\n' "${tried[@]}" | sort -u | xargs)"
finish
