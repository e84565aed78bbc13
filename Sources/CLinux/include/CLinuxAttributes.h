// SPDX-License-Identifier: Apache-2.0
//
// Extended attributes: Swift's Glibc overlay leaves <sys/xattr.h> out.
#pragma once

#include <stddef.h>
#include <sys/xattr.h>

/// llistxattr(2): the names of the attributes, each with a NUL at its end; a symbolic link is not followed.
static inline ssize_t clinux_list_attributes(const char *path, char *names, size_t size) {
    return llistxattr(path, names, size);
}

/// fgetxattr(2).
static inline ssize_t clinux_get_attribute(int file, const char *name, void *value, size_t size) {
    return fgetxattr(file, name, value, size);
}

/// fremovexattr(2).
static inline int clinux_remove_attribute(int file, const char *name) { return fremovexattr(file, name); }

/// fsetxattr(2): creates or replaces the attribute.
static inline int clinux_set_attribute(int file, const char *name, const void *value, size_t size) {
    return fsetxattr(file, name, value, size, 0);
}
