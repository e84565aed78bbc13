# SPDX-License-Identifier: Apache-2.0
"""opencode-docker itself, with a temporary copy of the definition and separate stores."""

import collections
import hashlib
import json
import os
import shutil

from measure import run, settle


def package_names(definition):
    """The packages of image.yaml: the list items below its `packages:` key. (The standard library reads no YAML.)"""
    names, inside = [], False
    for line in definition.read_text().splitlines():
        text = line.split("#")[0].rstrip()
        if not text:
            continue
        if not text.startswith((" ", "-")):
            inside = text.startswith("packages:")
        elif inside:
            item = text.strip()
            if item.startswith("- "):
                names.append(item[2:].strip())
            elif item.endswith("]") and "[" in item:
                names += [name.strip() for name in item[item.index("[") + 1:-1].split(",")]
    return names


def digests_in_lock(lock):
    """Every sha256 in the lock: those of package files are among them, those of unpacked parts are not."""
    found = set()

    def walk(value):
        if isinstance(value, dict):
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)
        elif isinstance(value, str) and len(value.removeprefix("sha256:")) == 64:
            found.add(value.removeprefix("sha256:"))

    walk(json.loads(lock.read_text()))
    return found


def with_packages(definition, packages):
    """The text of image.yaml with other packages."""
    lines, inside = [], False
    for line in definition.splitlines():
        if line.startswith("packages:"):
            lines += [line, f"  base: [{', '.join(packages)}]"]
            inside = True
        elif not inside or (line and not line.startswith((" ", "#"))):
            inside = False
            lines.append(line)
    return "\n".join(lines) + "\n"


Planted = collections.namedtuple("Planted", "file digest size lock")
#: Bytes to pull after one package's update: exactly, as estimated before the build, with zstd, and those of the package itself.
Pull = collections.namedtuple("Pull", "package exact estimate zstd package_bytes")


class Tool:
    """The tool, run in `directory`."""

    def __init__(self, tool, directory, repository):
        self.tool = str(tool.resolve())
        self.work = directory / "work"
        shutil.copytree(repository / "image", self.work / "image", symlinks=True)
        shutil.copy(repository / "versions.lock", self.work)
        self.full_store = directory / "store"
        self.cold_store = directory / "cold"
        self.cold_stores = 0

    def call(self, store, *words):
        return run([self.tool, *[str(word) for word in words]], cwd=self.work, env={"XDG_CACHE_HOME": str(store)})

    def resolve(self):
        return self.call(self.full_store, "resolve")

    def build(self, store):
        """Builds -base into a fresh layout."""
        layout = self.work / "layout"
        shutil.rmtree(layout, ignore_errors=True)
        return self.call(store, "build", "--base", "--output", f"oci:{layout}")

    def forget_state(self, store):
        """Removes the layers from a store that depend on more than packages: the next build runs only the configure step."""
        directory = store / "opencode-docker"
        shutil.rmtree(directory / "builds", ignore_errors=True)
        for facts in directory.glob("layers/*/facts.json"):
            if facts.read_text() == "[]":
                shutil.rmtree(facts.parent)

    def debs(self):
        """The packages' files of the lock, without the agent."""
        lock = json.loads((self.work / "versions.lock").read_text())
        machine = run(["dpkg", "--print-architecture"]).output.strip()
        directory = self.full_store / "opencode-docker/blobs/sha256"
        return [directory / package["sha256"] for package in lock["architectures"][machine]]

    def make_cold_store(self):
        """A store with only the files that the lock names. It is a new directory each time, and the old one
        stays: for a minute after many files were removed, ext4 is slow to allocate inodes."""
        self.cold_stores += 1
        self.cold_store = self.work.parent / f"cold-{self.cold_stores}"
        source = self.full_store / "opencode-docker/blobs/sha256"
        target = self.cold_store / "opencode-docker/blobs/sha256"
        target.mkdir(parents=True)
        for digest in digests_in_lock(self.work / "versions.lock"):
            if (source / digest).exists():
                os.link(source / digest, target / digest)

    def update(self, package):
        """One package's security update: a store as after the last build, and a lock that names a changed .deb. Returns the
        build's sample and the bytes that a client with the old image pulls: exactly, and as `diff` estimated them."""
        planted = self.plant(package)
        store = self.work.parent / f"updated-{package}"
        run(["cp", "-a", "--link", self.cold_store, store])
        shutil.move(planted.file, store / "opencode-docker/blobs/sha256" / planted.digest)
        estimate = self.difference(self.cold_store, self.work / "versions.lock", planted.lock)
        layout = self.work / f"layout-{package}"
        sample = self.call(store, "build", "--base", "--lock", planted.lock, "--output", f"oci:{layout}")
        exact = self.difference(store, f"oci:{self.work / 'layout'}", f"oci:{layout}")
        small = self.work / f"layout-{package}-zstd"
        self.call(store, "build", "--base", "--lock", planted.lock, *self.zstd, f"oci:{small}")
        zstd = self.difference(store, f"oci:{self.work / 'layout-zstd'}", f"oci:{small}")
        return sample, Pull(package, exact, estimate, zstd, planted.size)

    zstd = ("--compression", "zstd", "--output")

    def make_zstd(self):
        """The image of the lock in the other compression, for the pulls; from the cold store, with all layers built there."""
        return self.call(self.cold_store, "build", "--base", *self.zstd, f"oci:{self.work / 'layout-zstd'}")

    def difference(self, store, old, new):
        return json.loads(self.call(store, "diff", old, new, "--format", "json").output)["pull"]["bytes"]

    def plant(self, package):
        """A .deb of the lock with another version and every program one byte longer, and a lock that names it."""
        lock = json.loads((self.work / "versions.lock").read_text())
        machine = run(["dpkg", "--print-architecture"]).output.strip()
        entry = next(item for item in lock["architectures"][machine] if item["name"] == package)
        directory = self.work / f"planted-{package}"
        directory.mkdir()
        run(["dpkg-deb", "-R", self.full_store / "opencode-docker/blobs/sha256" / entry["sha256"], directory / "tree"])
        control = directory / "tree/DEBIAN/control"
        version = entry["version"] + ".1"
        control.write_text(control.read_text().replace(f"Version: {entry['version']}\n", f"Version: {version}\n"))
        # A security update recompiles everything, so every program and library of the package changes.
        for file in (directory / "tree").rglob("*"):
            if file.is_file() and not file.is_symlink() and file.stat().st_mode & 0o111:
                with open(file, "ab") as stream:
                    stream.write(b"\n")
        deb = directory / "planted.deb"
        run(["dpkg-deb", "--root-owner-group", "-b", directory / "tree", deb])
        digest = hashlib.sha256(deb.read_bytes()).hexdigest()
        text = (self.work / "versions.lock").read_text().splitlines(keepends=True)
        for number, line in enumerate(text):
            if entry["sha256"] in line:
                line = line.replace(entry["sha256"], digest).replace(f'"size": {entry["size"]}', f'"size": {deb.stat().st_size}')
                text[number] = line.replace(f'"version": "{entry["version"]}"', f'"version": "{version}"')
        changed = directory / "versions.lock"
        changed.write_text("".join(text))
        return Planted(deb, digest, deb.stat().st_size, changed)

    def grow(self, packages):
        """Resolves and builds an image of other packages, twice: with all downloads, then from the .debs alone."""
        definition = self.work / "image/image.yaml"
        original, lock = definition.read_text(), (self.work / "versions.lock").read_text()
        try:
            definition.write_text(with_packages(original, packages))
            self.resolve()
            count = len(json.loads((self.work / "versions.lock").read_text())["architectures"][
                run(["dpkg", "--print-architecture"]).output.strip()])
            self.build(self.full_store)
            self.make_cold_store()
            settle()
            return count, self.build(self.cold_store)
        finally:
            definition.write_text(original)
            (self.work / "versions.lock").write_text(lock)

    def version(self):
        return self.call(self.full_store, "--version")
