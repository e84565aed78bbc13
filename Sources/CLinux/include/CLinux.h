// SPDX-License-Identifier: Apache-2.0
//
// The Linux system calls that Swift's Glibc overlay cannot express: those without a libc wrapper, and variadic ones.
#pragma once

#include "Mounts.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CLinuxAttributes.h"

/// openat2(2) that never leaves `directory` and follows no symbolic link.
static inline int clinux_open_beneath(int directory, const char *path, int flags, uint32_t mode) {
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .mode = mode,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

/// The PID of the process that listens on a connected unix socket (unix(7), SO_PEERCRED); 0 when it is unknown.
static inline int clinux_peer(int socket) {
    struct {
        int pid, uid, gid;
    } peer = {0, 0, 0};
    socklen_t size = sizeof peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

/// Like `clinux_open_beneath`, but also crosses no mount point (RESOLVE_NO_XDEV): EXDEV there.
static inline int clinux_open_on_mount(int directory, const char *path, int flags) {
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
    };
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

/// openat2(2) that follows symbolic links except those that leave `directory`: EXDEV there. The descriptor is O_PATH:
/// it names the file without opening it.
static inline int clinux_follow_beneath(int directory, const char *path) {
    struct open_how how = {
        .flags = (uint64_t)(O_CLOEXEC | __O_PATH),
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

/// getdents64(2): the next entries of `directory`, as many as `buffer` holds; 0 at the end.
static inline long clinux_read_entries(int directory, void *buffer, size_t size) {
    return syscall(SYS_getdents64, directory, buffer, size);
}

/// pipe2(2) with O_CLOEXEC; `ends[0]` is the read end, `ends[1]` the write end.
static inline int clinux_pipe(int *ends) { return (int)syscall(SYS_pipe2, ends, O_CLOEXEC); }

/// posix_spawn_file_actions_addclosefrom_np (GNU C library): the child has no descriptors from `lowest` on.
int clinux_spawn_close_from(posix_spawn_file_actions_t *actions, int lowest);

/// posix_spawn_file_actions_addchdir_np (GNU C library): the child starts in `directory`.
int clinux_spawn_in(posix_spawn_file_actions_t *actions, const char *directory);

/// memfd_create(2) with MFD_CLOEXEC: an empty file in memory.
static inline int clinux_memory_file(void) { return (int)syscall(SYS_memfd_create, "input", 1u); }

/// eventfd(2) with O_CLOEXEC: a counter that the kernel can add to.
static inline int clinux_event(void) { return (int)syscall(SYS_eventfd2, 0, O_CLOEXEC); }

/// pidfd_open(2): a descriptor that can be read, for poll(2), once the process has ended.
static inline int clinux_process(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0u); }

/// Whether `path` is on a tmpfs (statfs(2)); 0 also when it cannot be examined.
int clinux_is_in_memory(const char *path);

/// The time at which the file was created, in nanoseconds since 1970 (statx(2)); 0 when the file system keeps none.
int64_t clinux_birth(const char *path);

/// renameat2(2) that does not replace an existing file (RENAME_NOREPLACE).
static inline int clinux_rename_exclusively(int from, const char *name, int to, const char *new_name) {
    return (int)syscall(SYS_renameat2, from, name, to, new_name, 1u);
}

/// renameat2(2) that exchanges two names (RENAME_EXCHANGE).
static inline int clinux_exchange(const char *left, const char *right) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, left, AT_FDCWD, right, 2u);
}

/// openat(2) with O_TMPFILE: a file without a name in the directory `directory`.
static inline int clinux_open_nameless(int directory, uint32_t mode) {
    return openat(directory, ".", O_WRONLY | __O_TMPFILE | O_DIRECTORY | O_CLOEXEC, mode);
}

/// fork(2), for a process with a single thread. Swift marks the function as unavailable.
static inline int clinux_fork(void) { return fork(); }

/// prctl(2), PR_SET_PDEATHSIG: the kernel kills this process when its parent ends.
static inline int clinux_end_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL); }
