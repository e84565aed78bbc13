# SPDX-License-Identifier: Apache-2.0
"""A registry on loopback that misbehaves as the first part of a repository's name says.

Prints its two ports: that of the registry, and that of another host, which answers the same but must never be told who
asks. It ends with its standard input. GET /log/REPOSITORY gives the requests so far, one a line.
"""

import base64
import hashlib
import json
import socket
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

INDEX = "application/vnd.oci.image.index.v1+json"
WITH_PASSWORD = {"basic", "foreign", "redirect"}
LOCK = threading.Lock()


class Repository:
    def __init__(self):
        self.blobs, self.manifests, self.tags, self.sessions = {}, {}, {}, {}
        self.referrers, self.log, self.seen = {}, [], set()
        self.uses, self.token = 0, "none"

    def first(self, what):
        """Whether this is the first time that something happens."""
        new = what not in self.seen
        self.seen.add(what)
        return new


REPOSITORIES = {}


def sha(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle_any(self):
        parsed = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(parsed.query))
        parts = parsed.path.strip("/").split("/")
        if parts[0] == "log":
            return self.reply(200, body="\n".join(REPOSITORIES["/".join(parts[1:])].log).encode())
        if parts[0] == "token":
            return self.reply(200, body=json.dumps({"token": REPOSITORIES["/".join(parts[1:])].token}).encode())
        if len(parts) < 4:
            return self.reply(200)
        kind = next((k for k in ("blobs", "manifests", "referrers") if k in parts), None)
        at = parts.index(kind)
        self.name, self.rest = "/".join(parts[1:at]), parts[at + 1:]
        self.mode = parts[1]
        with LOCK:
            self.repository = REPOSITORIES.setdefault(self.name, Repository())
        if not self.allowed():
            return None
        with LOCK:
            self.repository.log.append(
                f"{self.command} {kind}/{'/'.join(self.rest)} {self.headers.get('Content-Range', '')}"
                f"{' signed' if 'Authorization' in self.headers else ''}{' elsewhere' if self.elsewhere() else ''}")
        if self.mode == "busy" and self.command != "PATCH" and self.repository.first((self.command, self.rest[0])):
            self.drain()
            return self.reply(429 if self.command == "POST" else 503, {"Retry-After": "0"})
        if self.mode == "sulky":
            return self.reply(429, {"Retry-After": "3600"})
        return getattr(self, kind)()

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = handle_any

    def elsewhere(self):
        return self.server.server_address[1] == Handler.ports[1]

    def allowed(self):
        told = self.headers.get("Authorization")
        if self.elsewhere():
            if told:
                self.reply(400, body=b"told who asks")
            return not told
        if self.mode in WITH_PASSWORD and told != "Basic " + base64.b64encode(b"me:secret").decode():
            self.drain()
            self.reply(401, {"WWW-Authenticate": 'Basic realm="x"'})
            return False
        if self.mode == "expire":
            self.repository.uses += 1
            if self.repository.uses % 8 == 0:
                self.repository.token = f"t{self.repository.uses}"
            if told != f"Bearer {self.repository.token}":
                self.drain()
                realm = f"http://127.0.0.1:{Handler.ports[0]}/token/{self.name}"
                self.reply(401, {"WWW-Authenticate": f'Bearer realm="{realm}",service="s",scope="x"'})
                return False
        return True

    def hang_up(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def drain(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def reply(self, status, headers=None, body=b""):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if "Content-Length" not in (headers or {}):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def error(self, status, code, message="no"):
        self.drain()
        self.reply(status, body=json.dumps({"errors": [{"code": code, "message": message}]}).encode())

    # Blobs

    def blobs(self):
        if self.rest[0] == "uploads":
            return self.uploads()
        data = self.repository.blobs.get(self.rest[0])
        if data is None:
            return self.error(404, "BLOB_UNKNOWN")
        if self.mode == "redirect" and not self.elsewhere():
            return self.reply(307, {"Location": f"http://127.0.0.1:{Handler.ports[1]}{self.path}"})
        if self.mode == "wrongbytes":
            data = bytes([data[0] ^ 1]) + data[1:]
        if self.mode == "endless" and self.command == "GET":
            return self.endless()
        first = 0
        if self.headers.get("Range", "").startswith("bytes="):
            first = int(self.headers["Range"][6:].rstrip("-"))
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(len(data) - first)}
        if first:
            headers["Content-Range"] = f"bytes {first}-{len(data) - 1}/{len(data)}"
        if self.mode == "cut" and self.command == "GET" and self.repository.first(self.rest[0]):
            self.reply(200, headers, data[: len(data) // 2])
            self.wfile.flush()
            return self.hang_up()
        return self.reply(206 if first else 200, headers, data[first:])

    def endless(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        except OSError:
            pass

    def location(self, number):
        path = f"/v2/{self.name}/blobs/uploads/{number}?state=a%2Fb&n={len(self.repository.log)}"
        if self.mode == "foreign":
            return f"http://127.0.0.1:{Handler.ports[1]}{path}"
        if self.mode == "absolute":
            return f"http://127.0.0.1:{Handler.ports[0]}{path}"
        if self.mode == "local":
            return f"{number}{path[path.index('?'):]}"
        return path

    def progress(self, number, data, status, told=None):
        count = len(data) if told is None else told
        return self.reply(status, {"Location": self.location(number), "Range": f"0-{max(count - 1, 0)}"})

    def uploads(self):
        sessions = self.repository.sessions
        if self.command == "POST":
            source = REPOSITORIES.get(self.query.get("from"))
            if source and self.query["mount"] in source.blobs:
                self.repository.blobs[self.query["mount"]] = source.blobs[self.query["mount"]]
                return self.reply(201)
            number = str(len(sessions) + 1)
            sessions[number] = b""
            return self.progress(number, b"", 202)
        number = self.rest[1]
        if number not in sessions or self.query.get("state") != "a/b":
            return self.error(404, "BLOB_UPLOAD_UNKNOWN")
        if self.command == "GET":
            return self.progress(number, sessions[number], 204)
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
        if sha(data) != self.query.get("digest"):
            return self.reply(400, body=json.dumps({"errors": [{"code": "DIGEST_INVALID"}]}).encode())
        self.repository.blobs[sha(data)] = data
        if self.mode == "lost" and self.repository.first(sha(data)):
            return self.hang_up()
        return self.reply(201)

    # Manifests

    def manifests(self):
        name, repository = self.rest[0], self.repository
        if self.command == "PUT":
            return self.put_manifest(name)
        found = repository.manifests.get(name if name.startswith("sha256:") else repository.tags.get(name))
        if self.mode == "foreigntag" and name.startswith("sha256-"):
            found = ("application/vnd.oci.image.manifest.v1+json", b'{"schemaVersion":2,"config":{},"layers":[]}')
        if found is None:
            return self.error(404, "MANIFEST_UNKNOWN")
        type, data = found
        digest = sha(data)
        if self.mode == "swapped" and self.command == "GET":
            data = data.replace(b'"size":', b'"size" :')
        if self.mode == "huge" and self.command == "GET":
            return self.endless()
        headers = {"Content-Type": type, "Content-Length": str(len(data))}
        if self.mode != "nodigest":
            headers["Docker-Content-Digest"] = digest
        return self.reply(200, headers, data)

    def put_manifest(self, name):
        data, repository = self.rfile.read(int(self.headers["Content-Length"])), self.repository
        document = json.loads(data)
        if self.mode == "immutable" and name in repository.tags:
            return self.reply(400, body=json.dumps(
                {"errors": [{"code": "TAG_INVALID", "message": "tags are immutable \u001b[2J"}]}).encode())
        repository.manifests[sha(data)] = (self.headers["Content-Type"], data)
        if not name.startswith("sha256:"):
            repository.tags[name] = sha(data)
        headers = {"Docker-Content-Digest": sha(data)}
        if self.mode == "api" and "subject" in document:
            subject = document["subject"]["digest"]
            repository.referrers.setdefault(subject, []).append(sha(data))
            headers["OCI-Subject"] = subject
        return self.reply(201, headers)

    def referrers(self):
        if self.mode != "api":
            return self.error(404, "UNSUPPORTED")
        found = self.repository.referrers.get(self.rest[0], [])
        page = int(self.query.get("page", 0))
        entries = [{"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": one, "size": 1}
                   for one in found[page:page + 1]]
        headers = {"Content-Type": INDEX}
        if page + 1 < len(found):
            headers["Link"] = f'</v2/{self.name}/referrers/{self.rest[0]}?page={page + 1}>; rel="next"'
        return self.reply(200, headers, json.dumps(
            {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).encode())


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A client that went away is no news."""


servers = [Server(("127.0.0.1", 0), Handler) for _ in range(2)]
Handler.ports = [server.server_address[1] for server in servers]
for server in servers:
    threading.Thread(target=server.serve_forever, daemon=True).start()
print(*Handler.ports, flush=True)
sys.stdin.read()
