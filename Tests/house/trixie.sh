#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The Debian package on Debian 13, in a root made by mmdebstrap whose apt has only that release: apt installs it, and
# the shipped lock of Debian 12 gives the same digest as on this machine, although the compressors differ. Needs root,
# mmdebstrap, and a Debian mirror in the machine's apt configuration. TAP output.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit

scratch=$(mktemp -d)
trap 'rm -rf --one-file-system "$scratch"' EXIT
# shellcheck source=tap.sh
. Tests/house/tap.sh
readonly there=$scratch/root
# Below a separate mount point, because the program creates mount namespaces, whose root must be a mount.
# shellcheck disable=SC2317  # check calls it
inside() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 http_proxy="${http_proxy-}" \
        OPENCODE_DOCKER_STORE=/work/store unshare --mount --propagation private sh -c '
            mount --bind "$0" "$0" && cd "$0" && mount -t proc proc proc && mount --rbind /sys sys && mount --rbind /dev dev &&
            exec chroot . "$@"' "$there" "$@"
}
# The complete shipped lock: once two of forty layers differed.
readonly options=(--base --compression 'gzip,zstd' --image-dir /work/image --lock /work/versions.lock --quiet)
# shellcheck disable=SC2317  # check calls them
here() {
    OPENCODE_DOCKER_STORE=$scratch/store "${TOOL:-.build/release/opencode-docker}" "$@"
}
# shellcheck disable=SC2317
same() {
    local one other
    one=$(here build "${options[@]//\/work/$there\/work}" --output "oci:$scratch/one") || return
    other=$(inside opencode-docker build "${options[@]}" --output oci:/work/other) || return
    printf '%s\n%s\n' "$one" "$other"
    [ "$one" = "$other" ]
}
# shellcheck disable=SC2317
others() {
    local versions
    versions=$(inside dpkg-query --show --showformat '${Version} ' libzstd1)
    printf '%s\n' "$versions"
    ! grep -q '^1\.5\.4' <<<"$versions"
}

make_root() {
    deb=$(scripts/package "$scratch/package") && mmdebstrap --quiet --variant=apt trixie "$there"
}
make_root >"$scratch/log" 2>&1 || {
    cat "$scratch/log"
    exit 1
}
rm -f "$there/etc/dpkg/dpkg.cfg.d/"*
cp "$deb" "$there/tmp/tool.deb"
mkdir "$there/work"
cp -a image versions.lock "$there/work/"
check 'apt reads the mirror' inside apt-get -qq update
check 'apt installs it with its dependencies' inside apt-get -qq -y --no-install-recommends install /tmp/tool.deb runc
check 'its own libzstd is another one' others
check 'the shipped lock gives the same digest, gzip and zstd, from mirrors of Debian 13' same
printf '1..%d\n' $count
exit $status
