#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""schemas.py TOOL: checks the tool's JSON output and the files of this repository against docs/schemas (TAP output).

Each schema must also refuse a document with an additional key and one with a missing key."""
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = str(pathlib.Path(sys.argv[1]).resolve())


def schema(name):
    document = json.loads((ROOT / "docs/schemas" / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def said(directory, *arguments):
    """The tool's JSON output; its exit status is ignored."""
    places = {"XDG_CACHE_HOME": f"{directory}/cache", "XDG_STATE_HOME": f"{directory}/state"}
    ending = subprocess.run([TOOL, *arguments], cwd=ROOT, env=os.environ | places, capture_output=True, text=True, timeout=60)
    assert ending.returncode in (0, 1), ending.stderr
    return json.loads(ending.stdout)


def documents(directory):
    other = directory / "other.lock"
    lock = json.loads((ROOT / "versions.lock").read_text())
    changed = (ROOT / "versions.lock").read_text().splitlines(keepends=True)
    line = next(i for i, text in enumerate(changed) if '"name": "curl"' in text)
    del changed[line]
    other.write_text("".join(changed))
    weaker = directory / "weaker"
    weaker.mkdir()
    text = (ROOT / "image/hardening.yaml").read_text()
    (weaker / "hardening.yaml").write_text(text.replace("pids: ", "pids: 1", 1))
    (weaker / "seccomp.json").write_bytes((ROOT / "image/seccomp.json").read_bytes())
    state = directory / "state/opencode-docker/projects"
    state.mkdir(parents=True)
    yield "versions.lock", lock
    yield "image.yaml", yaml.safe_load((ROOT / "image/image.yaml").read_text())
    yield "doctor", said(directory, "doctor", "--format", "json")
    yield "diff", said(directory, "diff", str(other), "versions.lock", "--format", "json", "--budget", "1GB")
    yield "profile-diff", said(directory, "profile", "diff", "image", str(weaker), "--format", "json")
    yield "changelog", said(directory, "changelog", "--from", "versions.lock", "--to", "versions.lock", "--format", "json")
    yield "clean", said(directory, "clean", "--dry-run", "--format", "json")
    yield "projects", said(directory, "projects", "list", "--format", "json")


def check(name, document):
    """The violations."""
    validator = schema(name)
    wrong = [f"{'/'.join(map(str, error.path))}: {error.message}"[:300] for error in validator.iter_errors(document)]
    if wrong or not isinstance(document, dict):
        return wrong
    more = copy.deepcopy(document) | {"no such key": 1}
    less = {key: value for key, value in document.items() if key != validator.schema["required"][0]}
    return [f"a {kind} key is accepted" for kind, value in (("further", more), ("missing", less)) if validator.is_valid(value)]


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        for count, (name, document) in enumerate(documents(pathlib.Path(directory)), 1):
            wrong = check(name, document)
            failed += bool(wrong)
            print(f"{'not ok' if wrong else 'ok'} {count} - {name}")
            print("".join(f"# {line}\n" for line in wrong), end="")
        print(f"1..{count}")
    return 1 if failed else 0


sys.exit(main())
