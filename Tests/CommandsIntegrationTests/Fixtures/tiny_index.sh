#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# tiny_index.sh LAYOUT WORD: an image layout with an index, under the tag "index", of one image whose only file says WORD.
set -euo pipefail
layout=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf '%s\n' "$2" >"$folder/word"
umoci init --layout "$layout"
umoci new --image "$layout:image"
tar --create --file "$folder/layer" --directory "$folder" --owner 0 --group 0 --numeric-owner word
umoci raw add-layer --image "$layout:image" "$folder/layer"
umoci config --image "$layout:image" --architecture amd64 --os linux --created 2026-11-22T02:09:05Z --no-history
jq '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [.manifests[0] | del(.annotations) | .platform = {os: "linux", architecture: "amd64"}]}' \
    "$layout/index.json" >"$folder/index"
digest=$(sha256sum "$folder/index" | cut -d ' ' -f 1)
size=$(stat --format %s "$folder/index")
mv "$folder/index" "$layout/blobs/sha256/$digest"
jq --arg digest "sha256:$digest" --argjson size "$size" '.manifests += [{
    mediaType: "application/vnd.oci.image.index.v1+json", digest: $digest, size: $size,
    annotations: {"org.opencontainers.image.ref.name": "index"}}]' "$layout/index.json" >"$folder/list"
mv "$folder/list" "$layout/index.json"
