// SPDX-License-Identifier: Apache-2.0
//
// C functions of the probe: raw system calls (glibc wraps some of them, emulates others and lacks the newest),
// their numbers for the machine it is built for, and the few calls that Swift refuses to import (fork).
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>

/// O_TMPFILE of open(2), which glibc declares only with _GNU_SOURCE.
extern const int cprobe_tmpfile;

/// A raw system call; returns its result or the negated errno.
long cprobe_call(long number, long a, long b, long c, long d, long e, long f);

/// fork(2).
pid_t cprobe_fork(void);

/// Replaces the process by `path` with one argument and an empty environment; returns the negated errno.
int cprobe_exec(const char *path, const char *argument);

/// Returns the symbolic name of an errno, such as "EPERM", or NULL.
const char *cprobe_errno_name(int number);

/// capset(2) that adds CAP_SYS_ADMIN to the held capabilities; returns 0 or the negated errno.
int cprobe_capset_sys_admin(void);

/// SIOCSIFFLAGS on `lo` with its current flags (netdevice(7), CAP_NET_ADMIN); returns 0 or the negated errno.
int cprobe_set_interface_flags(void);

/// Sends an empty user message to the audit subsystem (CAP_AUDIT_WRITE); returns 0 or the negated errno.
int cprobe_audit_message(void);

/// Raises a hard limit by one (CAP_SYS_RESOURCE); returns 0 or the negated errno.
int cprobe_raise_hard_limit(void);

/// Requests real-time scheduling (CAP_SYS_NICE); returns 0 or the negated errno.
int cprobe_real_time(void);

/// setxattr of a valid `security.capability` value of CAP_NET_RAW (CAP_SETFCAP); returns 0 or the negated errno.
int cprobe_set_file_capability(const char *path);

/// Connects to the unix socket `path`; returns 0 or the negated errno.
int cprobe_connect_unix(const char *path);

/// Listens on, or connects to, a unix socket in the abstract namespace (unix(7)); returns 0 or the negated errno.
int cprobe_abstract(const char *name, int listens);

/// Opens a TCP socket that listens on every IPv4 address at `port`; returns it or the negated errno.
int cprobe_listen(uint16_t port);

/// Connects a TCP socket to 127.0.0.1 at `port`; returns it or the negated errno.
int cprobe_connect_loopback(uint16_t port);

/// Connects a TCP socket to an IPv4 address (host byte order) with a timeout; returns it or the negated errno.
int cprobe_connect_within(uint32_t address, uint16_t port, int milliseconds);

/// Writes the IPv4 addresses of this network namespace, without loopback, at most `most`; returns their number.
int cprobe_addresses(uint32_t *found, int most);

/// shmget(2) for `key`; returns an ID or the negated errno.
int cprobe_shmget(long key, size_t size, int creates);

/// Runs a program with its own environment, without input, and with `error` as its standard error. Returns its PID or
/// the negated errno of fork. The program's exit status is 127 when it does not exist.
pid_t cprobe_spawn(char *const arguments[], int error);

/// fchmodat through the 32-bit entry of the kernel; returns its result, the negated errno, or -1000 when the machine
/// has no such entry.
int cprobe_compat_chmod(const char *path, unsigned mode);

/// Called during a walk over a file tree with a path and the kind of file.
typedef void (*cprobe_note)(void *context, const char *path, int kind);

/// Kinds of `cprobe_note`.
enum { cprobe_kind_set_id = 1, cprobe_kind_capability, cprobe_kind_device, cprobe_kind_socket, cprobe_kind_unread };

/// Walks the tree below `root` without /proc, /sys and /dev, and without following symbolic links.
void cprobe_walk(const char *root, cprobe_note note, void *context);

// System call numbers as constants that Swift can import; -1 when the architecture has no such call.
enum {
    cprobe_nr_acct = SYS_acct,
    cprobe_nr_add_key = SYS_add_key,
    cprobe_nr_adjtimex = SYS_adjtimex,
    cprobe_nr_bpf = SYS_bpf,
    cprobe_nr_chroot = SYS_chroot,
    cprobe_nr_clock_settime = SYS_clock_settime,
    cprobe_nr_clone = SYS_clone,
    cprobe_nr_clone3 = SYS_clone3,
    cprobe_nr_delete_module = SYS_delete_module,
    cprobe_nr_fanotify_init = SYS_fanotify_init,
    cprobe_nr_fchmod = SYS_fchmod,
    cprobe_nr_fchmodat = SYS_fchmodat,
    cprobe_nr_fchmodat2 = 452,
    cprobe_nr_fchownat = SYS_fchownat,
    cprobe_nr_finit_module = SYS_finit_module,
    cprobe_nr_fsmount = SYS_fsmount,
    cprobe_nr_fsopen = SYS_fsopen,
    cprobe_nr_fspick = SYS_fspick,
    cprobe_nr_init_module = SYS_init_module,
    cprobe_nr_io_uring_enter = SYS_io_uring_enter,
    cprobe_nr_io_uring_register = SYS_io_uring_register,
    cprobe_nr_io_uring_setup = SYS_io_uring_setup,
    cprobe_nr_kcmp = SYS_kcmp,
    cprobe_nr_kexec_load = SYS_kexec_load,
    cprobe_nr_keyctl = SYS_keyctl,
    cprobe_nr_kill = SYS_kill,
    cprobe_nr_landlock_create_ruleset = SYS_landlock_create_ruleset,
    cprobe_nr_linkat = SYS_linkat,
    cprobe_nr_lookup_dcookie = SYS_lookup_dcookie,
    cprobe_nr_mknodat = SYS_mknodat,
    cprobe_nr_mount = SYS_mount,
    cprobe_nr_mount_setattr = SYS_mount_setattr,
    cprobe_nr_move_mount = SYS_move_mount,
    cprobe_nr_move_pages = SYS_move_pages,
    cprobe_nr_name_to_handle_at = SYS_name_to_handle_at,
    cprobe_nr_open_by_handle_at = SYS_open_by_handle_at,
    cprobe_nr_open_tree = SYS_open_tree,
    cprobe_nr_openat = SYS_openat,
    cprobe_nr_openat2 = SYS_openat2,
    cprobe_nr_perf_event_open = SYS_perf_event_open,
    cprobe_nr_personality = SYS_personality,
    cprobe_nr_pidfd_getfd = SYS_pidfd_getfd,
    cprobe_nr_pivot_root = SYS_pivot_root,
    cprobe_nr_prctl = SYS_prctl,
    cprobe_nr_process_vm_readv = SYS_process_vm_readv,
    cprobe_nr_process_vm_writev = SYS_process_vm_writev,
    cprobe_nr_ptrace = SYS_ptrace,
    cprobe_nr_quotactl = SYS_quotactl,
    cprobe_nr_reboot = SYS_reboot,
    cprobe_nr_request_key = SYS_request_key,
    cprobe_nr_setdomainname = SYS_setdomainname,
    cprobe_nr_setgid = SYS_setgid,
    cprobe_nr_setgroups = SYS_setgroups,
    cprobe_nr_sethostname = SYS_sethostname,
    cprobe_nr_setns = SYS_setns,
    cprobe_nr_setpriority = SYS_setpriority,
    cprobe_nr_setresuid = SYS_setresuid,
    cprobe_nr_settimeofday = SYS_settimeofday,
    cprobe_nr_setuid = SYS_setuid,
    cprobe_nr_setxattr = SYS_setxattr,
    cprobe_nr_socket = SYS_socket,
    cprobe_nr_swapoff = SYS_swapoff,
    cprobe_nr_swapon = SYS_swapon,
    cprobe_nr_syslog = SYS_syslog,
    cprobe_nr_umount2 = SYS_umount2,
    cprobe_nr_unshare = SYS_unshare,
    cprobe_nr_userfaultfd = SYS_userfaultfd,
    cprobe_nr_vhangup = SYS_vhangup,
#if defined(__x86_64__)
    cprobe_nr_chmod = SYS_chmod,
    cprobe_nr_creat = SYS_creat,
    cprobe_nr_ioperm = SYS_ioperm,
    cprobe_nr_iopl = SYS_iopl,
    cprobe_nr_mknod = SYS_mknod,
    cprobe_nr_modify_ldt = SYS_modify_ldt,
    cprobe_nr_open = SYS_open,
#else
    cprobe_nr_chmod = -1,
    cprobe_nr_creat = -1,
    cprobe_nr_ioperm = -1,
    cprobe_nr_iopl = -1,
    cprobe_nr_mknod = -1,
    cprobe_nr_modify_ldt = -1,
    cprobe_nr_open = -1,
#endif
};
