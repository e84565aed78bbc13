# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The test fixture: a root file system made once with mmdebstrap, image/rootfs over it, and containers of it started by
# runc on a temporary overlay, with the hardening of config.py. Needs root, runc, mmdebstrap, python3. TAP output. BED
# (default /tmp/opencode-docker-bed) is its directory, which can be removed at any time.

set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BED=${BED:-/tmp/opencode-docker-bed}
packages=s6,zsh,git,curl,tini,locales,ca-certificates,tmux,less,procps,openssh-client,direnv,bash-completion
packages+=,python3,usr-is-merged,libnss-extrausers
entrypoint=/usr/local/libexec/opencode-docker/entrypoint
count=0
failed=0
boxes=()

# The Debian sources of this machine's own apt, and nothing else of its configuration.
debian_sources() {
    mkdir -p "$BED/sources"
    grep -lsE '^(deb |URIs:).*/debian' /etc/apt/sources.list /etc/apt/sources.list.d/* | while read -r file; do
        cp "$file" "$BED/sources/"
    done
    [ ! -e "$BED/sources/sources.list" ] || mv "$BED/sources/sources.list" "$BED/sources/machine.list"
}

make_root() {
    mkdir -p "$BED/work"
    debian_sources
    if [ ! -e "$BED/debian/etc/debian_version" ]; then
        mmdebstrap --variant=minbase --include="$packages" bookworm "$BED/debian" >&2 || exit 1
    fi
    rm -rf "$BED/root"
    cp -a --reflink=auto "$BED/debian" "$BED/root"
    sh "$here/bake.sh" "$BED/root"
}

# new_box NAME OPTION... -- COMMAND: a bundle with its own overlay over the image, or over LOWER, not started.
new_box() {
    local name=$1 dir=$BED/work/$1
    shift
    mkdir -p "$dir/upper" "$dir/overlay" "$dir/rootfs"
    mount -t overlay overlay -o "lowerdir=${LOWER:-$BED/root},upperdir=$dir/upper,workdir=$dir/overlay" "$dir/rootfs" || exit 1
    boxes+=("$name")
    python3 "$here/config.py" "$dir" "${IMAGE:-$here/../../image}/seccomp.json" "$@" || exit 1
}

drop_box() {
    runc --root "$BED/runc" delete --force "$1" 2>/dev/null
    umount "$BED/work/$1/rootfs" 2>/dev/null
    rm -rf "${BED:?}/work/$1"
}

drop_boxes() {
    local name
    for name in ${boxes[@]+"${boxes[@]}"}; do drop_box "$name"; done
    boxes=()
}
trap drop_boxes EXIT

runc_() { runc --root "$BED/runc" "$@"; }

# box OPTION... -- COMMAND: runs a container to its end; the output and status are this function's.
box() {
    local name=box$$-$RANDOM
    new_box "$name" "$@"
    runc_ run --bundle "$BED/work/$name" "$name"
    local status=$?
    drop_box "$name"
    return $status
}

# keep_box NAME OPTION...: a container that keeps running, for inside.
keep_box() {
    local name=$1
    shift
    new_box "$name" "$@" -- "$entrypoint" sleep infinity
    runc_ run --detach --bundle "$BED/work/$name" "$name" </dev/null >"$BED/work/$name/log" 2>&1 || return 1
    runc_ exec --user 0:0 "$name" /usr/local/libexec/opencode-docker/enter true
}

# inside NAME COMMAND...: as the user, through `exec -u 0`. HOME etc. come from enter.
inside() {
    local name=$1
    shift
    runc_ exec --user 0:0 --cwd "${CWD:-/workspace}" "$name" /usr/local/libexec/opencode-docker/enter "$@"
}

# is NAME EXPECTED ACTUAL
is() {
    count=$((count + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $count - $1"
    else
        failed=$((failed + 1))
        printf 'not ok %s - %s\n# expected: %s\n# got:      %s\n' "$count" "$1" "$2" "$3" | sed '3,$s/^\([^#]\)/# \1/'
    fi
}

# like NAME PATTERN ACTUAL: with a shell pattern.
like() {
    # shellcheck disable=SC2254
    case $3 in
    $2) is "$1" "$2" "$2" ;;
    *) is "$1" "$2" "$3" ;;
    esac
}

finish() {
    echo "1..$count"
    exit $((failed > 0))
}

[ -e "$BED/root/etc/debian_version" ] && [ "${REBAKE:-1}" = 0 ] || make_root
