# SPDX-License-Identifier: Apache-2.0
"""opencode-docker itself, in a scratch copy of the definition and with stores of its own."""

import json
import os
import shutil

from measure import run


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
    """Every sha256 the lock names, wherever it stands: package files are among them, unpacked pieces are not."""
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


class Tool:
    """The tool, run in `folder`."""

    def __init__(self, tool, folder, repository):
        self.tool = str(tool.resolve())
        self.work = folder / "work"
        shutil.copytree(repository / "image", self.work / "image", symlinks=True)
        shutil.copy(repository / "versions.lock", self.work)
        self.full_store = folder / "store"
        self.cold_store = folder / "cold"

    def call(self, store, *words):
        return run([self.tool, *words], cwd=self.work, env={"XDG_CACHE_HOME": str(store)})

    def resolve(self):
        return self.call(self.full_store, "resolve")

    def build(self, store):
        """Builds -base into a fresh layout."""
        layout = self.work / "layout"
        shutil.rmtree(layout, ignore_errors=True)
        return self.call(store, "build", "--base", "--output", f"oci:{layout}")

    def make_cold_store(self):
        """A store that holds what the lock names and nothing that was made from it."""
        shutil.rmtree(self.cold_store, ignore_errors=True)
        source = self.full_store / "opencode-docker/blobs/sha256"
        target = self.cold_store / "opencode-docker/blobs/sha256"
        target.mkdir(parents=True)
        for digest in digests_in_lock(self.work / "versions.lock"):
            if (source / digest).exists():
                os.link(source / digest, target / digest)

    def version(self):
        return self.call(self.full_store, "--version")
