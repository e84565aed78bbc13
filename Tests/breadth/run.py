# SPDX-License-Identifier: Apache-2.0
"""run.py TOOL [BATCH...]: builds the images of the packages in `batches`, and compares each with mmdebstrap's result for the same
packages, file by file. Without names, all batches. Continues after a failure; exit status 1 when there was one.

Requires root and a reachable Debian mirror. Works in a directory of TMPDIR (BREADTH_DIRECTORY sets a permanent one, which keeps the
downloads and failed batches), and removes each batch's files before the next one.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(HERE))

ARCHITECTURE = subprocess.run(
    ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()

# Seconds for one program: a hang must leave time for the other batches.
LIMIT = 2400


class Failed(Exception):
    """A failed step of a batch, with its output."""


def batches():
    """The packages of each batch, by its name."""
    found, name = {}, None
    with open(os.path.join(HERE, "batches"), encoding="utf-8") as file:
        for line in file:
            if heading := re.match(r"\[(.+?)\] .", line):
                name = heading[1]
                found[name] = []
            elif line.strip() and not line.startswith("#"):
                found[name] += line.split()
    return found


def call(command, log, **options):
    """Runs a program; its output is written to `log`, and added to the error when it fails."""
    with open(log, "ab") as file:
        begin = file.tell()
        try:
            status = subprocess.run(
                command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, check=False, timeout=LIMIT, **options).returncode
        except subprocess.TimeoutExpired as error:
            raise Failed(f"{command[0]} took more than {LIMIT} s") from error
    if status:
        with open(log, "rb") as file:
            file.seek(begin)
            raise Failed(file.read().decode(errors="replace"))


def define(packages, directory):
    """The definition of an image of these packages: image.yaml with another list, for this architecture."""
    shutil.copytree(os.path.join(REPOSITORY, "image"), os.path.join(directory, "image"))
    path = os.path.join(directory, "image", "image.yaml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    names = ", ".join(["usr-is-merged"] + [name for name in packages if name != "usr-is-merged"])
    text = re.sub(r"(?ms)^packages:\n.*?(?=^[a-z#])", f"packages:\n  base: [{names}]\n\n", text, count=1)
    text = re.sub(r"(?m)^  architectures: .*$", f"  architectures: [{ARCHITECTURE}]", text, count=1)
    text = re.sub(rf"(?m)^    linux/(?!{ARCHITECTURE}:).*\n(?:      .*\n)+", "", text)  # the agent's
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def is_package(path):
    with open(path, "rb") as file:
        return file.read(8) == b"!<arch>\n"


def forget(store, kept):
    """Removes everything made from the downloads, to free the disk for the next batch."""
    for name in ("layers", "images", "builds", "run", "tmp"):
        shutil.rmtree(os.path.join(store, name), ignore_errors=True)
    blobs = os.path.join(store, "blobs", "sha256")
    for name in set(os.listdir(blobs)) - kept if os.path.isdir(blobs) else []:
        if not is_package(os.path.join(blobs, name)):
            os.remove(os.path.join(blobs, name))


def check(tool, packages, store, work):
    """Builds an image, installs the same packages with mmdebstrap, and compares."""
    log = os.path.join(work, "log")
    environment = os.environ | {"OPENCODE_DOCKER_STORE": store, "NO_COLOR": "1", "OPENCODE_DOCKER_PROGRESS": "plain"}
    os.makedirs(work)
    define(packages, work)
    call([tool, "resolve", "--quiet"], log, cwd=work, env=environment)
    blobs = os.path.join(store, "blobs", "sha256")
    kept = set(os.listdir(blobs)) if os.path.isdir(blobs) else set()
    try:
        call([tool, "build", "--base", "--quiet", "--output", f"oci:{work}/layout"], log, cwd=work, env=environment)
        with open(os.path.join(work, "layout", "index.json"), encoding="utf-8") as file:
            name = json.load(file)["manifests"][0]["annotations"]["org.opencontainers.image.ref.name"]
        call(["umoci", "raw", "unpack", "--image", f"{work}/layout:{name}", f"{work}/files"], log)
        call([os.path.join(HERE, "mmdebstrap"), store, f"{work}/versions.lock", f"{work}/oracle"], log)
        call([sys.executable, os.path.join(HERE, "compare.py"), f"{work}/files", f"{work}/oracle/root",
              "--used", f"{work}/used"], log)
    finally:
        forget(store, kept)


def run(tool, name, packages, place):
    """Runs one batch and prints its result."""
    begin, work = time.monotonic(), os.path.join(place, name)
    shutil.rmtree(work, ignore_errors=True)
    print(f"{name}: {' '.join(packages)}", flush=True)
    try:
        check(tool, packages, os.path.join(place, "store"), work)
        failure = None
    except Failed as error:
        failure = str(error)
        lines = failure.splitlines()
        print("\n".join(lines[-60:]), flush=True)
    seconds = round(time.monotonic() - begin)
    print(f"{name}: {'FAILED' if failure is not None else 'the same files'}, {seconds} s", flush=True)
    for directory in ("layout", "oracle", "files"):
        if not (failure is not None and os.environ.get("BREADTH_KEEP")):
            shutil.rmtree(os.path.join(work, directory), ignore_errors=True)
    return failure is None


def main():
    tool, names = os.path.abspath(sys.argv[1]), sys.argv[2:]
    every = batches()
    if unknown := [name for name in names if name not in every]:
        sys.exit(f"No batch is called {unknown[0]}; there are {', '.join(every)}.")
    if os.geteuid() != 0:
        sys.exit("Only root can run mmdebstrap with the packages' owners.")
    stays = os.environ.get("BREADTH_DIRECTORY")
    place = os.path.abspath(stays) if stays else tempfile.mkdtemp(prefix="breadth-")
    try:
        chosen = names or list(every)
        good = [name for name in chosen if run(tool, name, every[name], place)]
    finally:
        if not stays:
            shutil.rmtree(place, ignore_errors=True)
    packages = sum(len(every[name]) for name in good)
    failed = [name for name in chosen if name not in good]
    print(f"{len(good)} of {len(chosen)} batches ({packages} packages) are as mmdebstrap makes them"
          + (f"; not: {' '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
