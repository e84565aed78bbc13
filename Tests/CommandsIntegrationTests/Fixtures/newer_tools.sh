#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# newer_tools.sh DIRECTORY: installs cosign 2, cosign 3, skopeo and podman 5 of later Debian releases, from the
# machine's own mirror, as programs in DIRECTORY/bin. Bookworm has no cosign, and its skopeo and podman are built
# without support for sigstore signatures. apt verifies the downloads; nothing is installed on the machine.
set -euo pipefail
directory=$(realpath -m "$1")
mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -m 1 '/debian/')
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# fetch SUITE PACKAGE...: unpacks packages into DIRECTORY/SUITE.
fetch() {
    local suite=$1 place=$directory/apt-$1
    shift
    mkdir -p "$place/lists/partial" "$place/debs" "$directory/$suite"
    touch "$place/status"
    printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$suite" >"$place/sources.list"
    local -a options=(-qq -o "Dir::Etc::SourceList=$place/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$place/lists" -o "Dir::State::status=$place/status" -o "Dir::Cache=$place"
        -o Acquire::Languages=none -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update
    (cd "$place/debs" && apt-get "${options[@]}" download "$@")
    for deb in "$place"/debs/*.deb; do dpkg-deb --extract "$deb" "$directory/$suite"; done
    rm -r "$place"
}

# The libraries of skopeo and podman are included: the machine's C library is too old for them.
fetch trixie cosign skopeo podman netavark libacl1 libassuan9 libattr1 libaudit1 libbsd0 libbz2-1.0 libc6 libcap-ng0 libcap2 \
    libcrypt1 libgpg-error0 libgpgme11t64 libmd0 libpam0g libpcre2-8-0 libseccomp2 libselinux1 libsemanage2 libsepol2 \
    libsqlite3-0 libsubid5 libsystemd0
fetch sid cosign
mkdir -p "$directory/bin"
ln -s "$directory/trixie/usr/bin/cosign" "$directory/bin/cosign2"
ln -s "$directory/sid/usr/bin/cosign" "$directory/bin/cosign3"
libraries=$directory/trixie/usr/lib/x86_64-linux-gnu
loader=$libraries/ld-linux-x86-64.so.2
printf '#!/bin/sh\nexec %s --library-path %s %s "$@"\n' "$loader" "$libraries" "$directory/trixie/usr/bin/skopeo" >"$directory/bin/skopeo"

# podman re-executes /proc/self/exe, so the loader cannot be named: in a mount namespace it is the machine's.
cat >"$directory/containers.conf" <<END
[engine]
helper_binaries_dir = ["$directory/trixie/usr/lib/podman"]
cgroup_manager = "cgroupfs"
events_logger = "none"
END
cat >"$directory/bin/podman5" <<END
#!/bin/sh
export CONTAINERS_CONF=$directory/containers.conf PODMAN_IGNORE_CGROUPSV1_WARNING=1
exec unshare --mount sh -c 'mount --bind $loader /lib64/ld-linux-x86-64.so.2 && export LD_LIBRARY_PATH=$libraries &&
    exec $directory/trixie/usr/bin/podman --root $directory/podman --runroot $directory/podman-run --storage-driver vfs --runtime runc "\$@"' "\$0" "\$@"
END
chmod +x "$directory/bin/skopeo" "$directory/bin/podman5"
