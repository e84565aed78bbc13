# SPDX-License-Identifier: Apache-2.0
"""small-definition.py IMAGE.YAML: reduces an image definition to the entrypoint's packages, for tests of other platforms."""
import re
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()

# From one top-level key to the next.
packages = "packages:\n  base:\n    - usr-is-merged\n    - tini\n    - s6\n\n"
text, replaced = re.subn(r"(?ms)^packages:\n.*?(?=^[a-z])", packages, text)
assert replaced == 1
for old, new in [
    (r"(?m)^name: .*$", "name: small"),
    (r"(?m)^locales: .*$", "locales: []"),
    (r"en_US\.UTF-8", "C.UTF-8"),
    (r"/usr/bin/zsh", "/bin/bash"),
    (r"EDITOR: .*", "EDITOR: vi"),
]:
    text, replaced = re.subn(old, new, text)
    assert replaced > 0, old

with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write(text)
