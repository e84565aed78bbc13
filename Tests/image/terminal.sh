#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# sudo on a terminal: keys, size, job control, and the restored terminal.
. "$(dirname "$0")/bed.sh"

keep_box term || exit 1
# play SCRIPT COMMAND...
play() {
    local script=$1
    shift
    timeout 60 python3 "$here/terminal.py" "$script" -- runc --root "$BED/runc" exec --tty --user 0:0 --cwd /workspace term \
        /usr/local/libexec/opencode-docker/enter "$@"
    echo "status $?"
}
bash_='bash --norc --noprofile'

is 'the size is passed on' $'33 101\nstatus 0' "$(play '[("expect", rb"(\d+ \d+)\r\n")]' sudo stty size)"
is 'a resize too' $'20 60\nstatus 0' "$(play '[("expect", rb"\$ |# "), ("resize", 20, 60), ("send", b"stty size\n"),
    ("expect", rb"(\d+ \d+)\r\n"), ("send", b"exit\n")]' sudo $bash_)"
is 'a terminal of its own, root'\''s' $'root\nstatus 0' "$(play '[("expect", rb"(\w+)\r\n")]' sudo sh -c 'stat -c %U "$(tty)"')"
is 'job control' $'1\nstatus 0' "$(play '[("expect", rb"# "), ("send", b"sleep 9 &\n"), ("expect", rb"# "), ("send", b"fg\n"),
    ("pause", 0.5), ("send", b"\x03"), ("expect", rb"# "), ("send", b"echo $((0+1))\n"), ("expect", rb"[^\d](1)\r\n"), ("send", b"exit 0\n")]' sudo $bash_)"
is 'Ctrl-C ends the command' 'status 130' "$(play '[("expect", rb"on"), ("send", b"\x03")]' sudo sh -c 'echo on; exec sleep 50')"
is 'Ctrl-C in a shell does not end the shell' $'42\nstatus 0' "$(play '[("expect", rb"# "), ("send", b"sleep 50\n"), ("pause", 0.5),
    ("send", b"\x03"), ("expect", rb"# "), ("send", b"echo $((6*7))\n"), ("expect", rb"[^\d](42)\r\n"), ("send", b"exit 0\n")]' sudo $bash_)"
is 'Ctrl-D ends the input' 'status 0' "$(play '[("expect", rb"on\r\n"), ("send", b"x\n"), ("expect", rb"x\r\nx\r\n"), ("send", b"\x04")]' sudo sh -c 'echo on; cat')"
is 'Ctrl-Z stops a command in the shell of root' $'Stopped\nstatus 0' "$(play '[("expect", rb"# "), ("send", b"sleep 50\n"),
    ("pause", 0.5), ("send", b"\x1a"), ("expect", rb"(Stopped)"), ("send", b"kill -9 %1; exec true\n")]' sudo $bash_)"
is 'the exit status' 'status 9' "$(play '[("expect", rb"z")]' sudo sh -c 'echo z; exit 9')"
is 'the terminal is as it was' $'same\nstatus 0' "$(play '[("expect", rb"(same|differs)")]' \
    sh -c 'a=$(stty -g); sudo true; b=$(stty -g); [ "$a" = "$b" ] && echo same || echo differs')"
is 'also after Ctrl-C and a kill' $'same\nstatus 0' "$(play '[("expect", rb"(same|differs)")]' \
    sh -c 'a=$(stty -g); sudo sleep 50 & sleep 0.5; kill $!; wait; b=$(stty -g); [ "$a" = "$b" ] && echo same || echo differs')"
is 'much output, all of it' $'20000\nstatus 0' "$(play '[("expect", rb"\n(20000)\r\n")]' sudo seq 20000)"
is 'a pipeline leaves the terminal alone' $'3\nstatus 0' "$(play '[("expect", rb"(\d+)\r\n")]' sh -c 'sudo seq 3 | wc -l')"
is 'in the background' $'done\nstatus 0' "$(play '[("expect", rb"(done)")]' $bash_ -ic 'sudo sh -c "sleep 0.3; echo done" & wait')"
is 'a command that leaves a process behind does not hang' 'status 0' "$(play '[("expect", rb"z")]' sudo sh -c 'sleep 30 & echo z')"
finish
