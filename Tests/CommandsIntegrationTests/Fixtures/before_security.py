# SPDX-License-Identifier: Apache-2.0
"""Changes a lock to a state without bookworm-security: packages from there get the main archive's versions.

usage: before_security.py LOCK STORE    changes LOCK (amd64 only), prints the downgraded sources
The main archive's index is read from the store, where resolving put it.
"""
import json
import pathlib
import re
import sys

lock_file, store = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
lock = json.loads(lock_file.read_text())
wanted = {p["name"]: p for p in lock["architectures"]["amd64"] if p["base"] == "debian-security"}
older = {}
for blob in (store / "blobs/sha256").iterdir():
    with blob.open("rb") as file:
        if file.read(9) != b"Package: ":
            continue
    text = blob.read_text()
    if "\nFilename: pool/updates/" in text or "\nArchitecture: arm64" in text:
        continue
    for stanza in text.split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z0-9-]+): (.*)$", stanza, re.M))
        package = wanted.get(fields.get("Package"))
        if package and fields["Version"] != package["version"] and fields["Filename"].startswith("pool/main/"):
            older.setdefault(fields["Package"], fields)
for name, fields in older.items():
    source = re.fullmatch(r"(\S+)(?: \((\S+)\))?", fields.get("Source", name))
    wanted[name].update(
        version=fields["Version"], source=source[1], sourceVersion=source[2] or fields["Version"],
        sha256=fields["SHA256"], size=int(fields["Size"]), installedSize=int(fields["Installed-Size"]),
        path=fields["Filename"], base="debian")
lock_file.write_text(json.dumps(lock))
print("\n".join(sorted({wanted[name]["source"] for name in older})))
