#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# apt and dpkg as root with four capabilities, through sudo. Needs a Debian mirror (this machine's).
. "$(dirname "$0")/bed.sh"

keep_box apt net=host "mount=bind:$BED/sources:/etc/apt/sources.list.d:ro" mount=bind:/etc/resolv.conf:/etc/resolv.conf:ro || exit 1
in_box() { inside apt "$@" 2>>"$BED/apt.log"; }
: >"$BED/apt.log"
# The machine's file may name its key ring; Debian's own is in the image.
in_box sudo apt-get update >>"$BED/apt.log"
is 'update' 0 $?
in_box sudo apt-get install -y cowsay >>"$BED/apt.log"
is 'install' 0 $?
is 'and it runs' 1 "$(in_box /usr/games/cowsay moo | grep -c '< moo >')"
is 'no documentation but the copyright, no manual' '/usr/share/doc/cowsay/copyright' \
    "$(in_box sh -c 'find /usr/share/doc/cowsay -type f; dpkg -L cowsay | grep /man/man | while read -r f; do [ -f "$f" ] && echo "$f"; done')"
is 'no package that was only recommended' 1 "$(in_box apt-config dump | grep -c 'APT::Install-Recommends "false"')"
for package in iputils-ping fuse3 openssh-client util-linux mount passwd dbus man-db postgresql-client-common cron \
    nginx-light postgresql-client openjdk-17-jre-headless; do
    in_box sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --reinstall "$package" >>"$BED/apt.log"
    is "install or reinstall $package" 0 $?
done
is 'all is configured' '' "$(in_box dpkg --audit)"
is 'no set-uid or set-gid file anywhere' '' "$(in_box sudo find / -xdev -perm /6000 2>/dev/null)"
is 'what was set-uid can be run' '755 755 755' "$(in_box stat -c %a /usr/bin/ping /usr/bin/fusermount3 /usr/bin/mount | xargs)"
in_box sudo apt-get install -y --reinstall dbus >>"$BED/apt.log"
is 'an override that a package made itself does not stop the next unpacking' '0 754' \
    "$? $(in_box stat -c %a /usr/lib/dbus-1.0/dbus-daemon-launch-helper)"

in_box sh -c 'cd /tmp && mkdir -p p/DEBIAN p/usr/bin p/var/lib/grp && cp /bin/true p/usr/bin/suid-true && chmod 755 p/usr/bin/suid-true
    printf "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n" >p/DEBIAN/control'
rm -rf "$BED/p" && cp -a "$BED/work/apt/rootfs/tmp/p" "$BED/p" && chown -R 0:0 "$BED/p"
chmod 6751 "$BED/p/usr/bin/suid-true" && chmod 2770 "$BED/p/var/lib/grp" && dpkg-deb --build "$BED/p" "$BED/work/apt/rootfs/tmp/p.deb" >/dev/null
CWD=/tmp in_box sudo dpkg -i p.deb >>"$BED/apt.log"
is 'dpkg -i, relative path' '0 751 770' "$? $(in_box stat -c %a /usr/bin/suid-true /var/lib/grp | xargs)"
is 'and the mode is on record' 'root root 751 /usr/bin/suid-true' "$(in_box dpkg-statoverride --list /usr/bin/suid-true)"
in_box sudo apt-get remove -y cowsay >>"$BED/apt.log"
is 'remove' 0 $?
in_box sudo apt-get clean
is 'clean' 0 $?
[ "$failed" = 0 ] || tail -n 40 "$BED/apt.log" | sed 's/^/# /'
finish
