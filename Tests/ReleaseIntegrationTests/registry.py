# SPDX-License-Identifier: Apache-2.0
"""registry.py DIRECTORY: Debian's docker-registry on loopback, with its data in DIRECTORY, behind a proxy that fails on request.

Prints the proxy's port, and ends with its standard input. For the repositories below NAME/,
  GET /writes/NAME     returns the writing requests since the proxy was reset, one per line,
  PUT /door/NAME/N     forwards N writing requests; the next one and all requests after it get no response,
  PUT /lock/NAME       makes them read-only, like docker-registry in maintenance mode.
"""
import collections
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOCK = threading.Lock()
WRITES = collections.defaultdict(list)
LIMITS = {}
LOCKED = set()


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Header and body of a response are two writes; the second must not wait for an acknowledgement of the first (RFC 896).
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = self.path.split("/")
        if parts[1] == "writes":
            return self.answer(200, [], "\n".join(WRITES[parts[2]]).encode())
        if parts[1] == "door":
            with LOCK:
                LIMITS[parts[2]], WRITES[parts[2]] = int(parts[3]), []
            return self.answer(200, [], b"")
        if parts[1] == "lock":
            LOCKED.add(parts[2])
            return self.answer(200, [], b"")
        if len(parts) > 3 and parts[2] in LOCKED and self.command not in ("GET", "HEAD"):
            return self.answer(405, [], b'{"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}')
        if len(parts) > 3 and not self.may_pass(parts[2]):
            self.close_connection = True
            return None
        registry = http.client.HTTPConnection("127.0.0.1", REGISTRY)
        registry.request(self.command, self.path, body, dict(self.headers))
        reply = registry.getresponse()
        kept = [(k, v) for k, v in reply.getheaders() if k.lower() not in ("content-length", "transfer-encoding", "connection")]
        return self.answer(reply.status, kept, reply.read(), reply.getheader("Content-Length"))

    do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = handle_any

    def may_pass(self, name):
        with LOCK:
            is_open = len(WRITES[name]) <= LIMITS.get(name, 1 << 30)
            if is_open and self.command not in ("GET", "HEAD"):
                WRITES[name].append(f"{self.command} {self.path.split('?')[0]}")
                is_open = len(WRITES[name]) <= LIMITS.get(name, 1 << 30)
            return is_open

    def answer(self, status, headers, body, length=None):
        self.send_response_only(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header("Content-Length", length if self.command == "HEAD" and length else str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    directory = sys.argv[1]
    os.makedirs(directory, exist_ok=True)
    configuration = {
        "version": 0.1, "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": directory}},
        "http": {"addr": f"127.0.0.1:{REGISTRY}", "secret": "test", "relativeurls": True}}
    with open(directory + "/registry.json", "w") as file:
        json.dump(configuration, file)
    registry = subprocess.Popen(
        ["docker-registry", "serve", directory + "/registry.json"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", REGISTRY)) == 0:
                    break
            time.sleep(0.05)
        # More clients at once than the queue holds are only answered after seconds (listen(2)).
        ThreadingHTTPServer.request_queue_size = 128
        door = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        threading.Thread(target=door.serve_forever, daemon=True).start()
        print(door.server_address[1], flush=True)
        sys.stdin.read()
    finally:
        registry.terminate()
        registry.wait()


REGISTRY = free_port()
main()
