// SPDX-License-Identifier: Apache-2.0
//
// mount(2) and umount2(2): glibc declares them in <sys/mount.h>, which Swift's Glibc module leaves out.
#pragma once

#include <fcntl.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/xattr.h>

/// open(2)'s O_PATH: a descriptor that names a file without opening it.
static const int clinux_o_path = __O_PATH;

/// mount(2) with the flags nosuid and nodev when `restricted` is not 0.
static inline int clinux_mount(const char *source, const char *target, const char *type, int restricted,
                               const char *options) {
    return mount(source, target, type, restricted ? MS_NOSUID | MS_NODEV : 0, options);
}

/// umount2(2) that takes the mount away at once and frees it with its last user.
static inline int clinux_detach(const char *target) { return umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW); }

/// Whether the directory, in the upper directory of an overlay, hides all that lower ones have in its place: the attribute
/// is `user.` where the overlay was mounted with `userxattr`.
static inline int clinux_is_opaque(const char *directory) {
    char value = 0;
    return (lgetxattr(directory, "trusted.overlay.opaque", &value, 1) == 1 && value == 'y') ||
           (lgetxattr(directory, "user.overlay.opaque", &value, 1) == 1 && value == 'y');
}

/// Whether the file system of `directory` keeps extended attributes of users (xattr(7)).
static inline int clinux_keeps_user_attributes(const char *directory) {
    return setxattr(directory, "user.opencode-docker.trial", "", 0, 0) == 0 &&
           removexattr(directory, "user.opencode-docker.trial") == 0;
}

/// open_tree(2): a copy of the mounts at `handle`, with those below it where `recursive` is not 0, attached nowhere yet.
int clinux_clone_mount(int handle, int recursive);

/// mount_setattr(2) on a copy that is attached nowhere: private to its namespace, without set-uid bits and device files,
/// read-only where that is not 0; with the mounts below it where `recursive` is not 0.
int clinux_restrict_mount(int mount, int read_only, int recursive);

/// move_mount(2): attaches the copy `mount` at `place`, a handle of a file or a directory.
int clinux_attach_mount(int mount, int place);
