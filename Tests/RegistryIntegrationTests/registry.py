# SPDX-License-Identifier: Apache-2.0
"""A fake registry on loopback, with the fault that the first part of a repository's name selects.

Prints its two ports: that of the registry, and that of another host with the same responses that must never get
credentials. It ends with its standard input. GET /log/REPOSITORY returns the requests so far, one per line.
"""

import base64
import gzip
import json
import socket
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import state
from uploads import Uploads

INDEX = "application/vnd.oci.image.index.v1+json"
WITH_PASSWORD = {"basic", "foreign", "redirect"}
WITH_IDENTITY = {"identity", "oldidentity"}
WITH_TOKEN = WITH_IDENTITY | {"expire", "emptytoken", "negotiate"}
# The answer of the referrers API, where it is not "not found".
REFERRERS = {"referrers401": 401, "referrers403": 403, "referrers405": 405, "referrers500": 500, "referrers501": 501}
# The status of a manifest's PUT, and of every HEAD.
PUT = {"put202": 202, "put204": 204}
HEAD = {"nohead405": 405, "nohead501": 501}


class Handler(Uploads, BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle(self):
        # A client that begins with TLS is told at once that there is none.
        if self.connection.recv(1, socket.MSG_PEEK) != b"\x16":
            super().handle()

    def handle_any(self):
        parsed = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(parsed.query))
        parts = parsed.path.strip("/").split("/")
        if parts[0] == "log":
            return self.reply(200, body="\n".join(state.REPOSITORIES["/".join(parts[1:])].log).encode())
        if parts[0] == "token":
            return self.give_token("/".join(parts[1:]))
        if parts[0] == "sessions":
            return self.reply(200, body=str(len(state.REPOSITORIES["/".join(parts[1:])].sessions)).encode())
        if len(parts) < 4:
            return self.reply(200)
        kind = next((k for k in ("blobs", "manifests", "referrers") if k in parts), None)
        at = parts.index(kind)
        self.name, self.rest = "/".join(parts[1:at]), parts[at + 1:]
        self.mode = parts[1]
        with state.LOCK:
            self.repository = state.REPOSITORIES.setdefault(self.name, state.Repository())
        if not self.allowed():
            return None
        with state.LOCK:
            self.repository.log.append(
                f"{self.command} {kind}/{'/'.join(self.rest)} {self.headers.get('Content-Range', '')}"
                f"{' signed' if 'Authorization' in self.headers else ''}{' elsewhere' if self.elsewhere() else ''}")
        if self.mode == "busy" and self.command != "PATCH" and self.repository.first((self.command, self.rest[0])):
            self.drain()
            return self.reply(429 if self.command == "POST" else 503, {"Retry-After": "0"})
        if self.command == "HEAD" and self.mode in HEAD:
            return self.reply(HEAD[self.mode])
        if self.mode == "sulky":
            return self.reply(429, {"Retry-After": "3600"})
        return getattr(self, kind)()

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = handle_any

    def give_token(self, name):
        repository, mode = state.REPOSITORIES[name], name.split("/")[0]
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()))
        if mode in WITH_IDENTITY:
            with state.LOCK:
                repository.log.append(f"{self.command} token ")
        if mode == "identity" and (self.command != "POST" or form.pop("client_id", "") == "" or form != {
                "grant_type": "refresh_token", "service": "s", "refresh_token": "re/fresh&=",
                "scope": f"repository:{name}:pull,push"}):
            return self.reply(401)
        if mode == "oldidentity" and self.command == "POST":
            return self.reply(405)
        if mode == "oldidentity" and self.headers.get("Authorization") != "Basic " + base64.b64encode(
                b"<token>:re/fresh&=").decode():
            return self.reply(401)
        named = {"access_token" if mode in ("identity", "emptytoken") else "token": repository.token}
        return self.reply(200, body=json.dumps({"token": "", **named} if mode == "emptytoken" else named).encode())

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
        if self.mode in WITH_TOKEN:
            self.repository.uses += 1
            if self.repository.uses % 8 == 0:
                self.repository.token = f"t{self.repository.uses}"
            if told != f"Bearer {self.repository.token}":
                self.drain()
                realm = f"http://127.0.0.1:{Handler.ports[0]}/token/{self.name}"
                first = "Negotiate YII/+Q==, " if self.mode == "negotiate" else ""
                self.reply(401, {"WWW-Authenticate": f'{first}Bearer realm="{realm}",service="s",scope="x"'})
                return False
        return True

    def mode_is(self, mode):
        return getattr(self, "mode", "") == mode

    def hang_up(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def drain(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def reply(self, status, headers=None, body=b""):
        if self.mode_is("zipped") and body and "blobs" not in self.path:
            body = gzip.compress(body)
            headers = {**(headers or {}), "Content-Encoding": "gzip", "Content-Length": str(len(body))}
        if self.mode_is("generic") and headers and headers.get("Content-Type") == INDEX:
            headers = {**headers, "Content-Type": "application/json"}
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if self.mode_is("warns"):
            self.send_header("Warning", '299 - "this registry ends \x1b[2J in May"')
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
        if self.mode == "longer":
            data += b"x"
        if self.mode == "shorter":
            data = data[:-1]
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
        digest = state.sha(data)
        if self.mode == "loop" and self.command == "GET":
            return self.reply(307, {"Location": self.path})
        if self.mode == "othertype":
            type = INDEX
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
        repository.manifests[state.sha(data)] = (self.headers["Content-Type"], data)
        if not name.startswith("sha256:"):
            repository.tags[name] = state.sha(data)
        headers = {"Docker-Content-Digest": state.sha(data)}
        if self.mode in ("api", "generic") and "subject" in document:
            subject = document["subject"]["digest"]
            repository.referrers.setdefault(subject, []).append(state.sha(data))
            headers["OCI-Subject"] = subject
        return self.reply(PUT.get(self.mode, 201), headers)

    def referrers(self):
        if self.mode == "nullreferrers":
            return self.reply(200, {"Content-Type": INDEX}, json.dumps(
                {"schemaVersion": 2, "mediaType": INDEX, "manifests": None}).encode())
        if self.mode == "page":
            return self.reply(200, {"Content-Type": "text/html"}, b"<html>")
        if self.mode in REFERRERS:
            return self.error(REFERRERS[self.mode], "UNSUPPORTED")
        if self.mode not in ("api", "generic"):
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
    # More clients at once than the queue holds are only answered after seconds (listen(2)).
    request_queue_size = 128

    def handle_error(self, *_):
        """A closed connection is not logged."""


servers = [Server(("127.0.0.1", 0), Handler) for _ in range(2)]
Handler.ports = [server.server_address[1] for server in servers]
for server in servers:
    threading.Thread(target=server.serve_forever, daemon=True).start()
print(*Handler.ports, flush=True)
sys.stdin.read()
