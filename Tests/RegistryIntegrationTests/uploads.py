# SPDX-License-Identifier: Apache-2.0
"""The uploads of the fake registry (registry.py), with their faults (OCI distribution-spec, "Pushing blobs")."""

import json

import state


# The largest body that a proxy before the registry lets through, by fault. Only then chunks are sent.
LIMITS = {mode: 50_000 for mode in (
    "proxied", "dying", "forget", "short", "range", "lagging", "alone", "none", "blind")} | {"narrow": 9_000}
# The status of every PATCH, of one with a range, of one without, and of a PUT with a body.
PATCHES = {"nopatch": 405, "nopatch404": 404, "nopatch500": 500, "nopatch501": 501}
RANGED = {"norange": 416}
STREAMS = {"nostream": 411}
PUTS = {"noput": 400}


class Uploads:
    def location(self, number):
        path = f"/v2/{self.name}/blobs/uploads/{number}?state=a%2Fb&n={len(self.repository.log)}"
        if self.mode == "foreign":
            return f"http://127.0.0.1:{self.ports[1]}{path}"
        if self.mode == "absolute":
            return f"http://127.0.0.1:{self.ports[0]}{path}"
        if self.mode == "local":
            return f"{number}{path[path.index('?'):]}"
        return path

    def progress(self, number, data, status, told=None):
        count = len(data) if told is None else told
        headers = {"Location": self.location(number), "Range": f"0-{max(count - 1, 0)}"}
        if self.mode == "none":
            del headers["Range"]
        return self.reply(status, headers)

    def refused_length(self):
        """Whether the body was too large, and is answered."""
        if int(self.headers.get("Content-Length", 0)) <= LIMITS.get(self.mode, 1 << 30):
            return False
        self.drain()
        self.reply(413)
        return True

    def uploads(self):
        sessions = self.repository.sessions
        if self.command == "POST":
            source = state.REPOSITORIES.get(self.query.get("from"))
            if source and self.query["mount"] in source.blobs:
                self.repository.blobs[self.query["mount"]] = source.blobs[self.query["mount"]]
                return self.reply(201)
            if self.mode == "endlessanswer":
                return self.endless()
            with state.LOCK:
                self.repository.opened += 1
                number = str(self.repository.opened)
            sessions[number] = b""
            return self.progress(number, b"", 202)
        number = self.rest[1]
        if number not in sessions or self.query.get("state") != "a/b":
            return self.error(404, "BLOB_UPLOAD_UNKNOWN")
        if self.refused_length():
            return None
        if self.command == "GET":
            if self.mode == "blind":
                return self.error(405, "UNSUPPORTED")
            return self.progress(number, sessions[number], 204)
        if self.command == "DELETE":
            del sessions[number]
            return self.reply(500 if self.mode == "deaf" else 204)
        if self.mode in ("refuse", "deaf"):
            return self.error(403, "DENIED", "quota")
        return self.patch(number) if self.command == "PATCH" else self.close_upload(number)

    def patch(self, number):
        sessions, length = self.repository.sessions, int(self.headers["Content-Length"])
        told = self.headers.get("Content-Range")
        first = int(told.split("-")[0]) if told else 0
        status = PATCHES.get(self.mode) or (RANGED if told else STREAMS).get(self.mode)
        if status:
            return self.error(status, "UNSUPPORTED")
        if first != len(sessions[number]):
            return self.error(416, "RANGE_INVALID")
        if self.mode == "cut" and self.repository.first("patch") or self.mode == "dying" and first > 0 and \
                self.repository.first(first):
            sessions[number] += self.rfile.read(length // 2)
            return self.hang_up()
        data = self.rfile.read(length)
        if self.mode == "forget" and first > 0 and self.repository.first("forget"):
            del sessions[number]
            return self.reply(404)
        if self.mode == "blind" and first > 0 and self.repository.first("blind"):
            return self.hang_up()
        if self.mode == "halved" and self.repository.first("halved"):
            data = data[: length // 2]
        sessions[number] += data
        told = {"range": len(sessions[number]) + 7, "short": len(sessions[number]) + 1, "alone": len(data), "lagging": 1}
        return self.progress(number, sessions[number], 202, told.get(self.mode))

    def close_upload(self, number):
        length = int(self.headers.get("Content-Length", 0))
        if length and self.mode in PUTS:
            return self.error(PUTS[self.mode], "UNSUPPORTED")
        if self.mode == "cut" and length and self.repository.first("put"):
            self.rfile.read(length // 2)
            return self.hang_up()
        data = self.repository.sessions[number] + self.rfile.read(length)
        if state.sha(data) != self.query.get("digest"):
            return self.reply(400, body=json.dumps({"errors": [{"code": "DIGEST_INVALID"}]}).encode())
        self.repository.blobs[state.sha(data)] = data
        del self.repository.sessions[number]
        if self.mode == "lost" and self.repository.first(state.sha(data)):
            return self.hang_up()
        return self.reply(201)
