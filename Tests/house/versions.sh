#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# versions.sh [TOOL]: versions meet. Today's `run` with an image of 1.0.0, the arguments of 1.0.0's `run` with today's image,
# and the state that 1.0.0 left: each starts. Builds both images; needs root, dockerd, runc, and a Debian mirror in the machine's apt
# configuration. TAP output.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit

readonly tool=${1:-.build/release/opencode-docker} fixture=Tests/house/versions/1.0.0
BED=$(mktemp -d)
drop_boxes() { rm -rf --one-file-system "$BED"; }
# shellcheck source=../image/dockerd.sh
. Tests/image/dockerd.sh
# shellcheck source=tap.sh
. Tests/house/tap.sh
export OPENCODE_DOCKER_STORE=${OPENCODE_DOCKER_STORE:-$BED/store} XDG_STATE_HOME=$BED/state HOME=$BED/home
# shellcheck disable=SC2154 # of dockerd.sh
export DOCKER_HOST=unix://$dir/sock XDG_CONFIG_HOME=$BED/home/.config XDG_RUNTIME_DIR=
mkdir -p "$HOME" "$BED/image"
readonly project=$BED/work/api

# build IMAGE_DIRECTORY: the image without the agent, under the name of both versions.
build() { "$tool" build --base --quiet --image-dir "$1" --lock versions.lock; }

cp -R image/. "$BED/image"
rm -rf "$BED/image/rootfs"
cp -R "$fixture/rootfs" "$BED/image/rootfs"
cp "$fixture/image.yaml" "$BED/image/image.yaml"

# new_project: an empty repository of a user's.
new_project() {
    rm -rf "$project"
    mkdir -p "$project"
    git init --quiet "$project"
    git -C "$project" config user.name a
    chown -R 4321:4321 "$project"
}
# gives EXPECTED COMMAND...: what the command prints, in one line.
# shellcheck disable=SC2317 # check calls it
gives() {
    local expected=$1 printed
    shift
    printed=$("$@" 2>"$BED/talk" | xargs)
    [ "$printed" = "$expected" ] || { printf 'expected: %s\nprinted:  %s\n' "$expected" "$printed"; cat "$BED/talk"; return 1; }
}
# shellcheck disable=SC2317
run() { (cd "$project" && "$OLDPWD/$tool" run --base --network none --engine "$1" --profile "$2" --image-dir "$OLDPWD/image" -- sh -c "$3"); }

# 1.0.0's state: the directories of a home, the record of the project, a killed launcher's record.
# old_state: of the project.
old_state() {
    rm -rf "$XDG_STATE_HOME"
    state=$XDG_STATE_HOME/opencode-docker/projects/$(printf %s "$project" | sha256sum | cut -c 1-16)
    mkdir -p "$state/home" "$XDG_STATE_HOME/opencode-docker/launches"
    for name in .cache .config .local .ssh .npm .m2 .gradle .cargo go; do
        mkdir "$state/home/$name"
        chown 4321:4321 "$state/home/$name"
    done
    chmod 700 "$state" "$state/home/.ssh"
    printf %s "$project" >"$state/project"
    printf '[user]\n\tname = a\n' >"$state/gitconfig"
    printf '2026-11-26 signed\n' >"$state/signatures.log"
    : >"$state/lock"
    : >"$XDG_STATE_HOME/opencode-docker/welcomed"
    : >"$XDG_STATE_HOME/opencode-docker/launches/docker-1a2b3c"
    printf 'root:x:0:0::/root:/bin/sh\nopencode:x:4321:4321::/home/opencode:/usr/bin/zsh\n' >"$state/passwd"
    printf 'root:x:0:\nopencode:x:4321:\n' >"$state/group"
    chmod 644 "$state/passwd" "$state/group" "$state/gitconfig"
    echo kept >"$state/home/.cache/kept"
    chown 4321:4321 "$state/home/.cache/kept"
}
# The author, of the git configuration that `run` provides: of today's caller, and what 1.0.0 left in the state.
git config --global user.name Ada
readonly author='git config --system --includes user.name'
# No process of that image was held by the image itself.
readonly is_then='test ! -e /usr/local/libexec/opencode-docker/hold && echo then'
readonly who='id -u; id -un; touch made && stat -c %u made; cat ~/.cache/kept; echo $HOME'

new_project
check 'an image with the files of 1.0.0 is built' build "$BED/image"
check 'and are its files' gives 'then' run embedded standard "$is_then"
for engine in docker embedded; do
    new_project
    old_state
    check "$engine: the image of 1.0.0 under today's run, with the state of 1.0.0" \
        gives '4321 opencode 4321 kept /home/opencode 0' run "$engine" standard "$who; sudo id -u"
    check "$engine: and the caller's author" gives 'Ada' run "$engine" standard "$author"
    check "$engine: and in the strict profile" gives '4321 opencode 4321 kept /home/opencode' run "$engine" strict "$who"
done
check 'the record of the killed launcher is gone' test ! -e "$XDG_STATE_HOME/opencode-docker/launches/docker-1a2b3c"

check "today's image is built" build image
for engine in docker embedded; do
    new_project
    old_state
    check "$engine: today's image and run, with the state of 1.0.0" \
        gives '4321 opencode 4321 kept /home/opencode 0' run "$engine" standard "$who; sudo id -u"
    check "$engine: and the caller's author" gives 'Ada' run "$engine" standard "$author"
done
check 'the project is listed' gives "$project" sh -c "'$tool' projects list --format json | jq -r '.[].folder'"

# old_run FILE COMMAND: Docker with the arguments of 1.0.0.
# shellcheck disable=SC2317
old_run() {
    local words
    mapfile -t words < <(sed "s|{project}|$project|; s|{state}|$state|; s|{seccomp}|$PWD/image/seccomp.json|; s|{image}|opencode-docker:1.0.0-base|" "$fixture/$1")
    d "${words[@]}" sh -c "$2"
}
readonly held='sed -nE "s/^(CapEff|CapBnd|NoNewPrivs|Seccomp):[[:space:]]*0*([0-9a-f]+)$/\1=\2/p" /proc/1/status'
"$tool" build --base --quiet --load >/dev/null
new_project
old_state
check "the arguments of 1.0.0's run with today's image" \
    gives '4321 opencode 4321 kept /home/opencode 0 CapEff=0 CapBnd=c9 NoNewPrivs=1 Seccomp=2' old_run docker-run "$who; sudo id -u; $held"
check 'with the author of its state' gives 'a' old_run docker-run "$author"
check 'those of the strict profile' \
    gives '4321 opencode 4321 kept /home/opencode CapEff=0 CapBnd=0 NoNewPrivs=1 Seccomp=2' old_run docker-run-strict "$who; $held"
printf '1..%d\n' "$count"
exit "$status"
