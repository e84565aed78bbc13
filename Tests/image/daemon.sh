# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# A Docker daemon for tests, and the image `box` of the fixture in it.
: "${here:?}" "${entrypoint:?}"

. "$here/dockerd.sh"
tar -C "$BED/root" -c . | d import --change "ENTRYPOINT [\"$entrypoint\"]" --change 'WORKDIR /workspace' - box >/dev/null || exit 1
