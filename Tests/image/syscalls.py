#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs inside the container: makes system calls by number and prints `name outcome`, OK or an errno. Arguments are
harmless if the call succeeds. amd64 numbers, arm64's where the machine is one."""
import ctypes, errno, os, platform, socket, stat, sys

libc = ctypes.CDLL(None, use_errno=True)
ARM = platform.machine() == "aarch64"
AT_FDCWD = -100


def call(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    return "OK" if result >= 0 else errno.errorcode[ctypes.get_errno()]


def show(name, outcome):
    print(name, outcome)


def bits(path):
    try:
        return "bit" if os.stat(path).st_mode & 0o6000 else "none"
    except FileNotFoundError:
        return "none"


def set_uid_ways(directory):
    """All ways to create a set-uid or set-gid file: the result of the call, and whether the bit is set."""
    os.makedirs(directory, exist_ok=True)
    n = dict(openat=56, mknodat=33, fchmod=52, fchmodat=53) if ARM else \
        dict(open=2, creat=85, mknod=133, chmod=90, openat=257, mknodat=259, fchmod=91, fchmodat=268)
    for label, bit in (("uid", 0o4000), ("gid", 0o2000)):
        for name, number in n.items():
            path = f"{directory}/{name}-{label}"
            raw, mode = ctypes.c_char_p(path.encode()), bit | 0o755
            if "chmod" in name:
                open(path, "w").close()
            fd = os.open(path, os.O_RDONLY) if name == "fchmod" else -1
            arguments = {"open": (raw, 0o101, mode), "creat": (raw, mode), "mknod": (raw, stat.S_IFREG | mode, 0),
                         "chmod": (raw, mode), "openat": (AT_FDCWD, raw, 0o101, mode), "fchmod": (fd, mode),
                         "mknodat": (AT_FDCWD, raw, stat.S_IFREG | mode, 0), "fchmodat": (AT_FDCWD, raw, mode)}[name]
            show(f"{name}-{label}", call(number, *arguments) + "/" + bits(path))
        show(f"O_TMPFILE-{label}", call(n["openat"], AT_FDCWD, ctypes.c_char_p(directory.encode()), 0o20200002, bit | 0o755))
        # umode_t is 16 bits wide: higher bits must not hide the bit.
        path = f"{directory}/high-{label}"
        show(f"high-{label}", call(n["openat"], AT_FDCWD, ctypes.c_char_p(path.encode()), 0o101, 1 << 40 | bit | 0o755) + "/" + bits(path))
        path = f"{directory}/fchmodat2-{label}"
        open(path, "w").close()
        show(f"fchmodat2-{label}", call(452, AT_FDCWD, ctypes.c_char_p(path.encode()), bit | 0o755, 0) + "/" + bits(path))
        show(f"openat2-{label}", call(437, AT_FDCWD, ctypes.c_char_p(path.encode()), 0, 0) + "/" + bits(path))


def others():
    n = dict(unshare=97, setns=268, mount=40, umount2=39, pivot_root=41, chroot=51, keyctl=219, add_key=217, request_key=218,
             bpf=280, perf_event_open=241, userfaultfd=282, process_vm_readv=270, process_vm_writev=271, kcmp=272,
             name_to_handle_at=264, open_by_handle_at=265, init_module=105, syslog=116, clock_settime=112, quotactl=60,
             sethostname=161, reboot=142, get_mempolicy=236, personality=92) if ARM else \
        dict(unshare=272, setns=308, mount=165, umount2=166, pivot_root=155, chroot=161, keyctl=250, add_key=248, request_key=249,
             bpf=321, perf_event_open=298, userfaultfd=323, process_vm_readv=310, process_vm_writev=311, kcmp=312,
             name_to_handle_at=303, open_by_handle_at=304, init_module=175, syslog=103, clock_settime=227, quotactl=179,
             sethostname=170, reboot=169, get_mempolicy=239, personality=135, iopl=172, modify_ldt=154)
    n.update(pidfd_getfd=438, open_tree=428, move_mount=429, fsopen=430, mount_setattr=442, io_uring_setup=425, io_uring_enter=426,
             io_uring_register=427, clone3=435, openat2=437, landlock_create_ruleset=444, memfd_secret=447, statmount=457, mseal=462)
    arguments = {"unshare": (0x10000000,), "chroot": (ctypes.c_char_p(b"/nonexistent"),), "landlock_create_ruleset": (None, 0, 1),
                 "personality": (0xffffffff,), "reboot": (1, 1, 1, 0)}
    for name, number in sorted(n.items()):
        show(name, call(number, *arguments.get(name, (0, 0, 0, 0, 0))))
    show("personality-no-randomize", call(n["personality"], 0x0040000))
    for flag in (0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
        show(f"clone-{flag:08x}", call(220 if ARM else 56, flag, 0, 0, 0, 0))
    for name in ("AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK", "AF_VSOCK", "AF_ALG", "AF_PACKET", "AF_BLUETOOTH", "AF_CAN", "AF_TIPC"):
        kind = socket.SOCK_RAW if name in ("AF_PACKET", "AF_NETLINK") else socket.SOCK_STREAM
        show(name, call(198 if ARM else 41, getattr(socket, name), kind, 0))


if sys.argv[1] == "bits":
    set_uid_ways(sys.argv[2])
else:
    others()
