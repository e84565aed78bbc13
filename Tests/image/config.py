#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a runc config.json with the container's hardening. Options come as NAME=VALUE arguments (see below)."""
import json
import sys

CAPABILITIES = ["CAP_CHOWN", "CAP_FOWNER", "CAP_SETGID", "CAP_SETUID"]
# What Docker gives when it is not told anything.
DOCKER = CAPABILITIES + ["CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_KILL", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_NET_RAW",
                         "CAP_SYS_CHROOT", "CAP_MKNOD", "CAP_AUDIT_WRITE", "CAP_SETFCAP"]


def capabilities(option):
    """none, docker, or NAME,...; each may be followed by +NAME,..."""
    first, _, more = option.partition("+")
    known = {"": CAPABILITIES, "none": [], "docker": DOCKER}
    held = known[first] if first in known else ["CAP_" + name for name in first.split(",")]
    return held + ["CAP_" + name for name in more.split(",") if name]
MASKED = ["/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
          "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"]
READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]


def mounts(extra):
    standard = [
        ("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
        ("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        ("/dev/pts", "devpts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
        ("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
        ("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
        ("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
    ]
    for item in extra:  # bind:SOURCE:TARGET[:ro] or tmpfs:TARGET:OPTIONS
        kind, one, two, *rest = item.split(":")
        if kind == "bind":
            standard.append((two, "bind", one, ["rbind", "rprivate"] + rest))
        else:
            standard.append((one, "tmpfs", "tmpfs", ["nosuid", "nodev"] + two.split(",")))
    return [{"destination": d, "type": t, "source": s, "options": o} for d, t, s, o in standard]


def main():
    bundle, seccomp, *rest = sys.argv[1:]
    cut = rest.index("--")
    options = [o.split("=", 1) for o in rest[:cut]]
    get = dict(options)
    many = lambda name: [v for k, v in options if k == name]
    uid, gid = (int(n) for n in get.get("user", "0:0").split(":"))
    held = capabilities(get.get("caps", ""))
    own = ["mount", "ipc", "uts", "cgroup"] + ([] if get.get("net") == "host" else ["network"])
    namespaces = [{"type": n} for n in own]
    # The host's, that of a process by its path, or one of the container's own.
    if get.get("pid") != "host":
        namespaces.append({"type": "pid"} | ({"path": get["pid"]} if "pid" in get else {}))
    config = {
        "ociVersion": "1.0.2",
        "process": {
            "terminal": get.get("tty") == "1",
            "user": {"uid": uid, "gid": gid},
            "args": rest[cut + 1:],
            "cwd": get.get("cwd", "/workspace"),
            "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"] + many("env"),
            "capabilities": {k: held if uid == 0 or k == "bounding" or get.get("ambient") == "1" else []
                             for k in ["bounding", "permitted", "effective"]
                             + (["inheritable", "ambient"] if get.get("ambient") == "1" else [])},
            "noNewPrivileges": get.get("nnp") != "0",
        },
        "root": {"path": "rootfs", "readonly": get.get("readonly") == "1"},
        "hostname": "box",
        "mounts": mounts(many("mount")),
        "linux": {
            "namespaces": namespaces,
            "resources": {"devices": [{"allow": False, "access": "rwm"}]},
            "maskedPaths": MASKED, "readonlyPaths": READ_ONLY,
        },
    }
    if get.get("seccomp") != "none":
        config["linux"]["seccomp"] = json.load(open(seccomp))
    with open(f"{bundle}/config.json", "w") as out:
        json.dump(config, out)


main()
