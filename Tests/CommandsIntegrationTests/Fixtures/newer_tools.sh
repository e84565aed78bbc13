#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# newer_tools.sh FOLDER: cosign 2, cosign 3 and skopeo of later Debian releases, from the machine's own mirror, as programs in
# FOLDER/bin. Bookworm has no cosign, and its skopeo and podman are built without the check of sigstore's signatures.
# apt checks what it downloads; nothing is installed.
set -euo pipefail
folder=$1
mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -m 1 '/debian/')
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# fetch SUITE PACKAGE...: unpacks packages into FOLDER/SUITE.
fetch() {
    local suite=$1 place=$folder/apt-$1
    shift
    mkdir -p "$place/lists/partial" "$place/debs" "$folder/$suite"
    touch "$place/status"
    printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$suite" >"$place/sources.list"
    local -a options=(-qq -o "Dir::Etc::SourceList=$place/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o "Dir::State::Lists=$place/lists" -o "Dir::State::status=$place/status" -o "Dir::Cache=$place"
        -o Acquire::Languages=none -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update
    (cd "$place/debs" && apt-get "${options[@]}" download "$@")
    for deb in "$place"/debs/*.deb; do dpkg-deb --extract "$deb" "$folder/$suite"; done
    rm -r "$place"
}

fetch trixie cosign skopeo libc6 libgpgme11t64 libassuan9 libgpg-error0 libsqlite3-0
fetch sid cosign
mkdir -p "$folder/bin"
ln -s "$folder/trixie/usr/bin/cosign" "$folder/bin/cosign2"
ln -s "$folder/sid/usr/bin/cosign" "$folder/bin/cosign3"
libraries=$folder/trixie/usr/lib/x86_64-linux-gnu
printf '#!/bin/sh\nexec %s --library-path %s %s "$@"\n' \
    "$libraries/ld-linux-x86-64.so.2" "$libraries" "$folder/trixie/usr/bin/skopeo" >"$folder/bin/skopeo"
chmod +x "$folder/bin/skopeo"
