// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

// The constants of <linux/mount.h> are written as numbers: that header and the C library's <sys/mount.h> cannot be
// included together.

static const unsigned at_empty_path = 0x1000, at_recursive = 0x8000;

int clinux_clone_mount(int handle, int recursive) {
    unsigned flags = 1u /* OPEN_TREE_CLONE */ | (unsigned)O_CLOEXEC | at_empty_path | (recursive ? at_recursive : 0);
    return (int)syscall(SYS_open_tree, handle, "", flags);
}

int clinux_restrict_mount(int mount, int read_only, int recursive) {
    struct {
        uint64_t set, clear, propagation, user_namespace;
    } attributes = {.set = 0x1 * (read_only != 0) | 0x2 /* nosuid */ | 0x4 /* nodev */, .propagation = 1u << 18};
    unsigned flags = at_empty_path | (recursive ? at_recursive : 0);
    return (int)syscall(SYS_mount_setattr, mount, "", flags, &attributes, sizeof attributes);
}

int clinux_attach_mount(int mount, int place) {
    return (int)syscall(SYS_move_mount, mount, "", place, "", 0x4 /* F_EMPTY_PATH */ | 0x40 /* T_EMPTY_PATH */);
}

int64_t clinux_birth(const char *path) {
    struct statx status;
    if (statx(AT_FDCWD, path, 0, STATX_BTIME, &status) != 0 || !(status.stx_mask & STATX_BTIME)) return 0;
    return status.stx_btime.tv_sec * 1000000000 + status.stx_btime.tv_nsec;
}

int clinux_spawn_close_from(posix_spawn_file_actions_t *actions, int lowest) {
    return posix_spawn_file_actions_addclosefrom_np(actions, lowest);
}

int clinux_spawn_in(posix_spawn_file_actions_t *actions, const char *directory) {
    return posix_spawn_file_actions_addchdir_np(actions, directory);
}

int clinux_is_in_memory(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 && status.f_type == TMPFS_MAGIC;
}
