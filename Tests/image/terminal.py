#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""terminal.py SCRIPT -- COMMAND...: runs COMMAND on a terminal of 33 by 101 and plays SCRIPT, a Python list of steps:
("send", bytes), ("expect", regex), ("resize", rows, columns), ("pause", seconds). Prints what matched last (group 1);
exits with COMMAND's status, 99 if an expectation is not met within WAIT (10) seconds."""
import ast, fcntl, os, pty, re, select, struct, sys, termios, time


def resize(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def read_until(fd, pattern, seen):
    wait = float(os.environ.get("WAIT", 10))
    end = time.monotonic() + wait
    while True:
        found = re.search(pattern, seen, re.S)
        if found:
            return found, seen[found.end():]
        if time.monotonic() > end or not select.select([fd], [], [], wait)[0]:
            print(f"no {pattern!r} in {seen!r}")
            sys.exit(99)
        try:
            seen += os.read(fd, 65536)
        except OSError:
            print(f"end before {pattern!r} in {seen!r}")
            sys.exit(99)


def main():
    script, command = ast.literal_eval(sys.argv[1]), sys.argv[3:]
    child, fd = pty.fork()
    if child == 0:
        time.sleep(0.1)
        os.execvp(command[0], command)
    resize(fd, 33, 101)
    seen, found = b"", None
    for kind, *what in script:
        if kind == "send":
            os.write(fd, what[0])
        elif kind == "pause":
            time.sleep(what[0])
        elif kind == "resize":
            resize(fd, *what)
            time.sleep(0.8)
        else:
            found, seen = read_until(fd, what[0], seen)
    try:
        while os.read(fd, 65536):
            pass
    except OSError:
        pass
    if found and found.groups():
        print(found.group(1).decode())
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


main()
