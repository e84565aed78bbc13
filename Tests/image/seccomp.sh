#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The seccomp profile: the refused calls with their errors, and normal work. The same probes also run without it: one
# with the same result there proves nothing.
. "$(dirname "$0")/bed.sh"

probe() {
    local options=$1
    shift
    # shellcheck disable=SC2086
    box $options "mount=bind:$here:/opt/tests:ro" -- $entrypoint "$@"
}
py='python3 /opt/tests/syscalls.py'

# expected_bits USER: the user is told that there is no set-uid bit, and has set-gid; for root, installation scripts go on.
expected_bits() {
    local bit refused=EPERM/none change=EPERM/none by_descriptor=EPERM/none
    for bit in uid gid; do
        case $1-$bit in
        user-gid) refused=OK/bit change=OK/bit by_descriptor=OK/bit ;;
        root-uid) change=OK/none ;;
        root-gid) by_descriptor=OK/none ;;
        esac
        printf "%s-$bit %s\n" O_TMPFILE "${refused%/*}" chmod "$change" creat "$refused" fchmod "$by_descriptor" fchmodat "$change" \
            fchmodat2 ENOSYS/none high "$refused" mknod "$refused" mknodat "$refused" open "$refused" openat "$refused" openat2 ENOSYS/none
    done | LC_ALL=C sort
}
bits_of() { probe "$@" $py bits /tmp/x | LC_ALL=C sort; }
is 'the user cannot make a set-uid file, and sees that' "$(expected_bits user)" "$(bits_of '')"
is 'root, by sudo, neither set-uid nor set-gid' "$(expected_bits root)" "$(bits_of '' sudo)"
is 'nor does another user or group, by sudo' "$(expected_bits root)" "$(bits_of '' sudo -u opencode -g staff)"
# A mode without execution for the group keeps the bit when the group changes, and a list can add it.
acl='import os, struct; os.setxattr("f", "system.posix_acl_access", struct.pack("<I", 2) + b"".join(
    struct.pack("<HHI", tag, rights, 0xffffffff) for tag, rights in ((1, 7), (4, 5), (32, 5))))'
is 'root, by sudo, makes no set-gid file of another group by an access control list' 'ENOTSUP 2644' "$(probe '' sh -c "cd /tmp
    cp /usr/bin/id f && chmod 2644 f && sudo -u root -g '#1000' chown 0:42 f
    sudo -u root -g '#42' python3 -c '$acl' 2>&1 | grep -o 'not supported' | sed s/.*/ENOTSUP/; stat -c %a f" | xargs)"
# The entrypoint loads these rules itself where no filter has them.
is 'without the profile, the same' "$(expected_bits user)" "$(bits_of seccomp=none)"
is 'without the profile, root' "$(expected_bits root)" "$(bits_of seccomp=none sudo)"
is 'without the profile and the entrypoint all of them work (control)' 20 \
    "$(box seccomp=none "mount=bind:$here:/opt/tests:ro" -- $py bits /tmp/y | grep -c 'OK/bit')"

want='AF_ALG EPERM AF_BLUETOOTH EPERM AF_CAN EPERM AF_INET OK AF_INET6 OK AF_NETLINK OK AF_PACKET EPERM AF_TIPC EPERM AF_UNIX OK AF_VSOCK EPERM
add_key EPERM bpf EPERM chroot EPERM clock_settime EPERM clone-00020000 EPERM clone-02000000 EPERM clone-04000000 EPERM clone-08000000 EPERM
clone-10000000 EPERM clone-20000000 EPERM clone-40000000 EPERM clone3 ENOSYS fsopen EPERM get_mempolicy ENOSYS init_module EPERM
io_uring_enter ENOSYS io_uring_register ENOSYS io_uring_setup ENOSYS iopl EPERM kcmp EPERM keyctl EPERM landlock_create_ruleset OK
memfd_secret ENOSYS modify_ldt EPERM mount EPERM mount_setattr EPERM move_mount EPERM mseal ENOSYS name_to_handle_at EPERM open_by_handle_at EPERM
open_tree EPERM openat2 ENOSYS perf_event_open EPERM personality OK personality-no-randomize EPERM pidfd_getfd EPERM pivot_root EPERM
process_vm_readv EPERM process_vm_writev EPERM quotactl EPERM reboot EPERM request_key EPERM sethostname EPERM setns EPERM statmount ENOSYS
syslog EPERM umount2 EPERM unshare EPERM userfaultfd EPERM'
want=$(echo $want | sed 's/ \([A-Z]*\) \?/ \1\n/g' | sed '/^$/d' | LC_ALL=C sort)
is 'the rest, as the user' "$want" "$(probe '' $py rest | LC_ALL=C sort)"
is 'the rest, as root' "$want" "$(probe '' sudo $py rest | LC_ALL=C sort)"
probe seccomp=none sudo $py rest | LC_ALL=C sort >"$BED/unconfined"
echo "# same answer without the profile (held by capabilities or absent from this kernel):"
comm -12 <(echo "$want") "$BED/unconfined" | grep -v OK | sed 's/^/#   /'

is 'a debugger can trace its own child' ok "$(probe '' python3 -c '
import ctypes, os, signal
libc = ctypes.CDLL(None)
child = os.fork()
if child == 0:
    libc.ptrace(0, 0, 0, 0); os.kill(os.getpid(), signal.SIGSTOP); os._exit(0)
os.waitpid(child, 0); print("ok" if libc.ptrace(7, child, 0, 0) == 0 else "refused")')"
is 'files, threads, pipes, tar, git' 'ok' "$(probe '' sh -c '
set -e; cd /tmp; mkdir -p r/d; echo x >r/f; ln -s f r/l; mkfifo r/p; tar cf r.tar r; mkdir o; tar xpf r.tar -C o; test -p o/r/p
cd r; git init -q; git add f l; git -c user.name=a -c user.email=b@c commit -qm m; git gc -q; cd ..; git clone -q r s; test -f s/f
python3 -c "import threading; t=[threading.Thread(target=print, args=(\"\",), kwargs={\"end\":\"\"}) for _ in range(50)]; [x.start() for x in t]; [x.join() for x in t]"
echo ok')"
is 'a group directory' '2775 2750 2775 2755' "$(probe '' sh -c 'umask 022; cd /tmp; mkdir g && chmod 2775 g && mkdir -m 750 g/x && cp -a g h &&
    install -d -m 2755 i && stat -c %a g g/x h i' | xargs)"
is 'set-uid is refused, visibly' 'install: Operation not permitted 1 chmod: Operation not permitted 1 755' "$(probe '' sh -c 'cd /tmp; cp /bin/true t
    { install -m 4755 /bin/true s; echo $?; chmod 4755 t; echo $?; } 2>&1 | sed "s/: .*: /: /"; stat -c %a t' | xargs)"
is 'modes of an ordinary tree: tar, tarfile, zipfile, cp, git' "$(printf '%s ' 1777 2775 444 600 640 644 700 755 | sed 's/$/same same same 644,755/')" "$(probe '' sh -c '
    umask 022; cd /tmp; mkdir t; cd t; for mode in 444 600 640 644 700 755; do echo $mode >f$mode; chmod $mode f$mode; done; mkdir d2775 d1777; chmod 2775 d2775; chmod 1777 d1777
    modes() { (cd "$1" && stat -c %a ./*) | sort; }; cd ..; modes t
    tar -cf t.tar -C t .; mkdir a b; tar -xpf t.tar -C a; python3 -m tarfile -e t.tar b; cp -a t c
    for copy in a b c; do [ "$(modes t)" = "$(modes $copy)" ] && echo same; done
    cd t; git init -q; git add .; git -c user.name=a -c user.email=b commit -qm x; git clone -q . ../g; stat -c %a ../g/f755 ../g/f644 | sort | paste -sd,' | xargs)"
is 'every name is in one group only, or has argument rules' '' "$(python3 - "${IMAGE:-$here/../../image}/seccomp.json" <<'END'
import collections, json, sys
seen = collections.Counter(n for g in json.load(open(sys.argv[1]))["syscalls"] if "args" not in g for n in g["names"])
filtered = {n for g in json.load(open(sys.argv[1]))["syscalls"] if "args" in g for n in g["names"]}
print(*[n for n, k in seen.items() if k > 1 or n in filtered])
END
)"
finish
