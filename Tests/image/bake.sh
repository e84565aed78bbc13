#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# bake.sh ROOT: the builder's changes to an unpacked and configured root file system besides copying image/rootfs over
# it. Needs root. The test fixture uses it; the builder has the same list.
set -eu
root=$1
image=${IMAGE:-$(cd "$(dirname "$0")/../../image" && pwd)}

# Modes as in git, independent of the check-out's umask; everything belongs to root.
(cd "$image/rootfs" && find . -type f) | while read -r file; do
    mode=0644
    [ ! -x "$image/rootfs/$file" ] || mode=0755
    install -D -o 0 -g 0 -m "$mode" "$image/rootfs/$file" "$root/$file"
done

# The user, without a password or a shadow line; the entrypoint rewrites both lines for another UID and GID.
if ! grep -q '^opencode:' "$root/etc/passwd"; then
    echo 'opencode:x:1000:1000:OpenCode:/home/opencode:/usr/bin/zsh' >>"$root/etc/passwd"
    echo 'opencode:x:1000:' >>"$root/etc/group"
    mkdir -p "$root/home/opencode" "$root/workspace"
    cp -a "$root/etc/skel/." "$root/home/opencode/"
    chown -R 1000:1000 "$root/home/opencode" "$root/workspace"
fi

# Names for users of any number (image/configure, name_any_user).
ln -sfn /tmp/opencode-docker/passwd "$root/var/lib/extrausers/passwd"
sed -i '/^passwd:/s/extrausers //; /^passwd:/s/files/extrausers files/' "$root/etc/nsswitch.conf"

# Root has no DAC_OVERRIDE, so it must own the directories that apt writes to.
for directory in var/lib/apt/lists/partial var/cache/apt/archives/partial; do
    mkdir -p "$root/$directory"
    chown 0:0 "$root/$directory"
    chmod 0755 "$root/$directory"
done

# No set-uid or set-gid bit in the image, and none when a package is unpacked again: dpkg's database stores the mode. It
# must use dpkg's own name of the file (/bin/mount, not /usr/bin/mount). No file capabilities either.
find "$root" -xdev -perm /6000 | while read -r path; do
    chmod ug-s "$path"
    name=${path#"$root"}
    chroot "$root" dpkg-query --search "$name" >/dev/null 2>&1 || name=${name#/usr}
    chroot "$root" dpkg-query --search "$name" >/dev/null 2>&1 || continue
    chroot "$root" dpkg-statoverride --list "$name" >/dev/null ||
        chroot "$root" sh -c 'dpkg-statoverride --add $(stat -c "%U %G %a" "$1") "$1"' - "$name"
done
