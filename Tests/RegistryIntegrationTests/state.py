# SPDX-License-Identifier: Apache-2.0
"""The content of the fake registry (registry.py), by repository name."""

import hashlib
import threading

LOCK = threading.Lock()


class Repository:
    def __init__(self):
        self.blobs, self.manifests, self.tags, self.sessions = {}, {}, {}, {}
        self.referrers, self.log, self.seen = {}, [], set()
        self.uses, self.token, self.opened = 0, "none", 0

    def first(self, what):
        """Whether this is the first occurrence of an event."""
        new = what not in self.seen
        self.seen.add(what)
        return new


REPOSITORIES = {}


def sha(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()
