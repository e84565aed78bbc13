// SPDX-License-Identifier: Apache-2.0
//
// The Linux system calls that Swift's Glibc overlay cannot express: those without a libc wrapper, and variadic ones.
#pragma once

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CLinuxAttributes.h"

/// openat2(2) that never leaves `directory` and never follows a symbolic link on the way.
static inline int clinux_open_beneath(int directory, const char *path, int flags, uint32_t mode) {
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .mode = mode,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}
