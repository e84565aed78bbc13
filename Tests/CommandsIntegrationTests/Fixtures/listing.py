# SPDX-License-Identifier: Apache-2.0
"""Lists the files of an image's containers: listing.py ARCHIVE, a `docker load` archive.

One line for each path: type, mode, owner, size, path, target of a link, digest, capability; then the settings.
"""
import hashlib
import json
import os
import sys
import tarfile


def digest(layer, member):
    sha = hashlib.sha256()
    stream = layer.extractfile(member)
    while block := stream.read(1 << 20):
        sha.update(block)
    return sha.hexdigest()


def remove(files, path, with_itself):
    for known in [known for known in files if known.startswith(path + "/") or with_itself and known == path]:
        del files[known]


def apply(files, layer):
    members = [(os.path.normpath(member.name).lstrip("/"), member) for member in layer]
    for path, _ in members:  # A whiteout hides files of lower layers, wherever it is in its layer.
        directory, name = os.path.split(path)
        if name == ".wh..wh..opq":
            remove(files, directory, False)
        elif name.startswith(".wh."):
            remove(files, os.path.join(directory, name[4:]), True)
    for path, member in members:
        if path == "." or os.path.basename(path).startswith(".wh."):
            continue
        if not member.isdir():
            remove(files, path, True)
        if member.islnk():
            files[path] = files[os.path.normpath(member.linkname).lstrip("/")]
            continue
        kind = "d" if member.isdir() else "l" if member.issym() else "f" if member.isfile() else "?"
        files[path] = (
            kind, "-" if kind == "l" else oct(member.mode & 0o7777), f"{member.uid}:{member.gid}",
            str(member.size if kind == "f" else 0), member.linkname,
            digest(layer, member) if kind == "f" else "-",
            member.pax_headers.get("SCHILY.xattr.security.capability", "-"))


files = {}
with tarfile.open(sys.argv[1]) as archive:
    image = json.load(archive.extractfile("manifest.json"))[0]
    for name in image["Layers"]:
        with tarfile.open(fileobj=archive.extractfile(name)) as layer:
            apply(files, layer)
    settings = json.load(archive.extractfile(image["Config"]))
for path in sorted(files):
    kind, mode, owner, size, link, sha, capability = files[path]
    print(kind, mode, owner, size, json.dumps(path), json.dumps(link), sha, json.dumps(capability))
for key in ["Env", "Entrypoint", "Cmd", "WorkingDir", "User", "Labels", "StopSignal", "Healthcheck"]:
    value = settings["config"].get(key) or None
    print(key, json.dumps(sorted(value) if key == "Env" else value, sort_keys=True))
print("platform", settings["os"], settings["architecture"])
