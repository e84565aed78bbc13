# SPDX-License-Identifier: Apache-2.0
"""The uploads of the fake registry (registry.py), with their faults (OCI distribution-spec, "Pushing blobs")."""

import json

import state


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
        return self.reply(status, {"Location": self.location(number), "Range": f"0-{max(count - 1, 0)}"})

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
        if self.command == "GET":
            return self.progress(number, sessions[number], 204)
        if self.command == "DELETE":
            del sessions[number]
            return self.reply(500 if self.mode == "deaf" else 204)
        if self.mode in ("refuse", "deaf"):
            return self.error(403, "DENIED", "quota")
        return self.patch(number) if self.command == "PATCH" else self.close_upload(number)

    def patch(self, number):
        sessions, length = self.repository.sessions, int(self.headers["Content-Length"])
        first = int(self.headers["Content-Range"].split("-")[0])
        if self.mode == "whole":
            return self.error(405, "UNSUPPORTED")
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
        if self.mode == "short" and self.repository.first("short"):
            data = data[: length // 2]
        sessions[number] += data
        if self.mode == "range" and self.repository.first("range"):
            return self.progress(number, b"", 202, told=len(sessions[number]) + 7)
        return self.progress(number, sessions[number], 202)

    def close_upload(self, number):
        length = int(self.headers.get("Content-Length", 0))
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
