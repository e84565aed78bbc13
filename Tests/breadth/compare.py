# SPDX-License-Identifier: Apache-2.0
"""compare.py OURS THEIRS [--used FILE]: compares the files of an image with those of mmdebstrap's root, path by path.

Compares type, mode, owner (by name), contents, link target, device number and file capabilities. Prints a line for each difference
that the table `differences` does not explain, and exits with status 1 when there is one; the lines of the table that explained a
difference are written to FILE.
"""
import argparse
import filecmp
import fnmatch
import os
import re
import stat
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOTFS = os.path.join(HERE, "..", "..", "image", "rootfs")
ACCOUNTS = ("etc/passwd", "etc/group", "etc/shadow", "etc/gshadow", "etc/subuid", "etc/subgid")


class Rule:
    """A line of the table: a kind of difference, a pattern for paths, the reason."""

    def __init__(self, line):
        self.line = line
        self.kind, self.pattern, self.reason = line.split(None, 2)
        self.expression = re.compile(fnmatch.translate(self.pattern))


def rules():
    with open(os.path.join(HERE, "differences"), encoding="utf-8") as table:
        return [Rule(line.rstrip("\n")) for line in table if line.strip() and line[0] not in "# "]


class Root:
    """A root file system: properties of each path, read without following links."""

    def __init__(self, directory):
        self.directory = directory
        self.users = self.names("passwd")
        self.groups = self.names("group")
        self.paths = {}
        self.walk("")

    def names(self, database):
        with open(os.path.join(self.directory, "etc", database), encoding="utf-8") as file:
            return {fields[2]: fields[0] for fields in (line.split(":") for line in file)}

    def walk(self, below):
        for entry in os.scandir(os.path.join(self.directory, below)):
            path = os.path.join(below, entry.name)
            status = entry.stat(follow_symlinks=False)
            self.paths[path] = status
            if stat.S_ISDIR(status.st_mode):
                self.walk(path)

    def read(self, path):
        with open(os.path.join(self.directory, path), "rb") as file:
            return file.read()

    def owner(self, path):
        status = self.paths[path]
        user, group = str(status.st_uid), str(status.st_gid)
        return f"{self.users.get(user, user)}:{self.groups.get(group, group)}"

    def capability(self, path):
        file = os.path.join(self.directory, path)
        names = os.listxattr(file, follow_symlinks=False)
        return os.getxattr(file, "security.capability") if "security.capability" in names else None


def account_lines(text, exact):
    """The lines of a file of accounts without the image's user; without `exact` sorted, and without what depends on the order
    in which packages are configured (assigned numbers) or on the day (shadow's third field)."""
    lines = [line for line in text.decode().splitlines() if not line.startswith("opencode:")]
    lines = [re.sub(r"(?<=[:,])opencode(,|$)", "", line) for line in lines]
    lines = [re.sub(r"^([^:]*:[^:]*:)[0-9]{5}:", r"\1:", line) for line in lines]
    if exact:
        return lines
    return sorted(re.sub(r":[0-9]+(?=:|$)", ":N", line) for line in lines)


def kind_of_contents(path, ours, theirs):
    """The difference between two files: `contents`, or one of the weaker kinds."""
    if path in ACCOUNTS:
        if account_lines(ours, True) == account_lines(theirs, True):
            return "user"
        return "ids" if account_lines(ours, False) == account_lines(theirs, False) else "contents"
    return "order" if sorted(ours.split(b"\n")) == sorted(theirs.split(b"\n")) else "contents"


def differences(ours, theirs, path):
    """The kinds of differences at `path`, each with text to show."""
    if path not in theirs.paths:
        return [("rootfs" if os.path.lexists(os.path.join(ROOTFS, path)) else "ours", "")]
    if path not in ours.paths:
        return [("socket" if stat.S_ISSOCK(theirs.paths[path].st_mode) else "theirs", "")]
    one, other = ours.paths[path], theirs.paths[path]
    if stat.S_IFMT(one.st_mode) != stat.S_IFMT(other.st_mode):
        return [("type", f"{stat.filemode(one.st_mode)} {stat.filemode(other.st_mode)}")]
    found = []
    if stat.S_IMODE(one.st_mode) != stat.S_IMODE(other.st_mode):
        is_bits = stat.S_ISREG(one.st_mode) and (one.st_mode ^ other.st_mode) & ~0o6000 == 0 and not one.st_mode & 0o6000
        found.append(("bits" if is_bits else "mode", f"{stat.S_IMODE(one.st_mode):o} {stat.S_IMODE(other.st_mode):o}"))
    if ours.owner(path) != theirs.owner(path):
        found.append(("owner", f"{ours.owner(path)} {theirs.owner(path)}"))
    if one.st_rdev != other.st_rdev:
        found.append(("device", f"{one.st_rdev} {other.st_rdev}"))
    first, second = os.path.join(ours.directory, path), os.path.join(theirs.directory, path)
    if stat.S_ISLNK(one.st_mode) and os.readlink(first) != os.readlink(second):
        found.append(("target", f"{os.readlink(first)} {os.readlink(second)}"))
    if stat.S_ISREG(one.st_mode):
        if one.st_size != other.st_size or not filecmp.cmp(first, second, shallow=False):
            found.append((kind_of_contents(path, ours.read(path), theirs.read(path)), f"{one.st_size} {other.st_size}"))
        if ours.capability(path) != theirs.capability(path):
            found.append(("capability", f"{ours.capability(path)} {theirs.capability(path)}"))
    return found


def list_differs(ours, theirs, path):
    """Whether dpkg's list of a package has paths other than existing ones and those that a path rule excluded."""
    def is_there(line):
        return not line.startswith("/usr/share/man/") and (
            line == "/." or line[1:] in theirs.paths or "usr" + line in theirs.paths)

    listed = ours.read(path).decode().splitlines()
    return listed != [line for line in theirs.read(path).decode().splitlines() if is_there(line)]


def verification(root):
    """The paths that `dpkg --verify` reports below `root`."""
    ending = subprocess.run(["chroot", root, "dpkg", "--verify"], capture_output=True, text=True, check=False)
    return set(ending.stdout.splitlines())


def unexplained(ours, theirs, table, used):
    """A line for each difference that no rule matches."""
    for path in sorted(set(ours.paths) | set(theirs.paths)):
        for kind, shown in differences(ours, theirs, path):
            rule = next((rule for rule in table if rule.kind == kind and rule.expression.match(path)), None)
            if rule is None:
                yield f"{kind} {path} {shown}"
                continue
            used.add(rule.line)
            if kind == "contents" and re.fullmatch(r"var/lib/dpkg/info/.*\.list", path) and list_differs(ours, theirs, path):
                yield f"list {path}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours")
    parser.add_argument("theirs")
    parser.add_argument("--used")
    arguments = parser.parse_args()
    used = set()
    found = list(unexplained(Root(arguments.ours), Root(arguments.theirs), rules(), used))
    found += [f"dpkg --verify: {line}" for line in sorted(verification(arguments.ours) - verification(arguments.theirs))]
    if arguments.used:
        with open(arguments.used, "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in sorted(used))
    for line in found:
        print(line.encode("utf-8", "backslashreplace").decode())
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
