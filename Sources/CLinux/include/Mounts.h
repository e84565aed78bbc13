// SPDX-License-Identifier: Apache-2.0
//
// mount(2) and umount2(2): glibc declares them in <sys/mount.h>, which Swift's Glibc module leaves out.
#pragma once

#include <fcntl.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/xattr.h>

/// O_PATH of open(2): a descriptor that names a file without opening it.
static const int clinux_o_path = __O_PATH;

/// mount(2), with the flags nosuid and nodev when `restricted` is not 0.
static inline int clinux_mount(const char *source, const char *target, const char *type, int restricted,
                               const char *options) {
    return mount(source, target, type, restricted ? MS_NOSUID | MS_NODEV : 0, options);
}

/// umount2(2) that detaches the mount at once; the kernel releases it after its last use.
static inline int clinux_detach(const char *target) { return umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW); }

/// Whether `directory`, in the upper directory of an overlay, is opaque, which hides the lower directories: the
/// attribute is `user.` when the overlay was mounted with `userxattr`.
static inline int clinux_is_opaque(const char *directory) {
    char value = 0;
    return (lgetxattr(directory, "trusted.overlay.opaque", &value, 1) == 1 && value == 'y') ||
           (lgetxattr(directory, "user.overlay.opaque", &value, 1) == 1 && value == 'y');
}

/// Whether the file system of `directory` supports user extended attributes (xattr(7)).
static inline int clinux_keeps_user_attributes(const char *directory) {
    return setxattr(directory, "user.opencode-docker.trial", "", 0, 0) == 0 &&
           removexattr(directory, "user.opencode-docker.trial") == 0;
}

/// open_tree(2): a detached copy of the mounts at `handle`, including the mounts below it when `recursive` is not 0.
int clinux_clone_mount(int handle, int recursive);

/// mount_setattr(2) on a detached copy: private propagation, nosuid, nodev, and read-only when `read_only` is not 0;
/// including the mounts below it when `recursive` is not 0.
int clinux_restrict_mount(int mount, int read_only, int recursive);

/// move_mount(2): attaches the copy `mount` at `place`, a handle of a file or a directory.
int clinux_attach_mount(int mount, int place);
