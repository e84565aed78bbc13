#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# tiny_index.sh LAYOUT WORD: creates an image layout with an index, tagged "index", of one image whose only file
# contains WORD.
set -euo pipefail
layout=$1
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
printf '%s\n' "$2" >"$directory/word"
umoci init --layout "$layout"
umoci new --image "$layout:image"
tar --create --file "$directory/layer" --directory "$directory" --owner 0 --group 0 --numeric-owner word
umoci raw add-layer --image "$layout:image" "$directory/layer"
umoci config --image "$layout:image" --architecture amd64 --os linux --created 2026-11-22T02:09:05Z --no-history
jq '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [.manifests[0] | del(.annotations) | .platform = {os: "linux", architecture: "amd64"}]}' \
    "$layout/index.json" >"$directory/index"
digest=$(sha256sum "$directory/index" | cut -d ' ' -f 1)
size=$(stat --format %s "$directory/index")
mv "$directory/index" "$layout/blobs/sha256/$digest"
jq --arg digest "sha256:$digest" --argjson size "$size" '.manifests += [{
    mediaType: "application/vnd.oci.image.index.v1+json", digest: $digest, size: $size,
    annotations: {"org.opencontainers.image.ref.name": "index"}}]' "$layout/index.json" >"$directory/list"
mv "$directory/list" "$layout/index.json"
