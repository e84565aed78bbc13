# SPDX-License-Identifier: Apache-2.0
"""Serves the files of a directory on loopback, each with the fault that the URL names: /<fault>/<test>/<file>.

Prints the port, then runs until its standard input ends. /log/<test> gives one line for each request of that test.
"""
import http.server
import os
import shutil
import sys
import threading
import time

DIRECTORY = sys.argv[1]
LOG, LOCK, SEEN = [], threading.Lock(), {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body=b"", length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def break_off(self):
        self.close_connection = True

    def first(self):
        return int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").split("-")[0])

    def serve(self, body):
        """A correct response, with Range (RFC 9110 section 14)."""
        first = self.first()
        if first == 0:
            return self.reply(200, body)
        if first >= len(body):
            return self.reply(416, Content_Range=f"bytes */{len(body)}")
        return self.reply(206, body[first:], Content_Range=f"bytes {first}-{len(body) - 1}/{len(body)}")

    def do_GET(self):
        fault, _, name = self.path.lstrip("/").partition("/")
        if fault == "log":
            with LOCK:
                return self.reply(200, "".join(line for line in LOG if f"/{name}/" in line).encode())
        with LOCK:
            LOG.append(f"{self.path} {self.headers.get('Range', '-')}\n")
            visit = SEEN[self.path] = SEEN.get(self.path, 0) + 1
        path = os.path.join(DIRECTORY, name.partition("?")[0])
        body = open(path, "rb").read() if os.path.isfile(path) else b""
        getattr(self, "do_" + fault)(body, visit)

    def do_good(self, body, _):
        self.serve(body)

    def do_missing(self, _body, _):
        self.reply(404, b"no such file")

    def do_gone(self, _body, _):
        self.reply(410)

    def do_forbidden(self, _body, _):
        self.reply(403)

    def do_broken(self, _body, _):
        self.reply(503, b"x" * 1000)

    def do_busy(self, body, visit):
        self.serve(body) if visit > 2 else self.reply(503, Retry_After="0")

    def do_later(self, body, visit):
        self.serve(body) if visit > 1 else self.reply(429, Retry_After="1")

    def do_much_later(self, body, visit):
        self.reply(429, Retry_After="86400")

    def do_wrong(self, body, _):
        self.serve(body[:-1] + bytes([body[-1] ^ 1]))

    def do_short(self, body, _):
        self.serve(body[:-10])

    def do_long(self, body, _):
        self.serve(body + b"more")

    def do_halves(self, body, _):
        """Closes the connection in the middle of the requested range, until little is left."""
        first = self.first()
        rest = body[first:]
        if len(rest) < 1000:
            return self.serve(body)
        part = rest[: len(rest) // 2]
        if first:
            self.reply(206, part, len(rest), Content_Range=f"bytes {first}-{len(body) - 1}/{len(body)}")
        else:
            self.reply(200, part, len(rest))
        self.break_off()

    def do_no_range(self, body, visit):
        """Closes the connection once; then sends the whole, whatever range is requested."""
        if visit == 1:
            self.reply(200, body[: len(body) // 2], len(body))
            self.break_off()
        else:
            self.reply(200, body)

    def do_other_range(self, body, _):
        """Responds with another range than the requested one."""
        self.reply(206, body[1:], Content_Range=f"bytes 1-{len(body) - 1}/{len(body)}")

    def do_cut(self, body, _):
        self.reply(200, body[: len(body) // 2], len(body))
        self.break_off()

    def do_hang_up(self, _body, _):
        self.break_off()

    def do_stall(self, body, _):
        self.reply(200, body[:100], len(body))
        time.sleep(60)

    def do_silent(self, _body, _):
        time.sleep(60)

    def do_trickle(self, body, _):
        """Slow, but not too slow: for cancellation during the transfer."""
        self.reply(200, b"", len(body))
        for start in range(0, len(body), 5000):
            self.wfile.write(body[start : start + 5000])
            self.wfile.flush()
            time.sleep(0.1)

    def do_loop(self, _body, _):
        self.reply(302, Location=self.path)

    def do_moved(self, _body, _):
        self.reply(302, b"look there", Location=self.path.replace("/moved/", "/good/"))

    def do_to_file(self, _body, _):
        self.reply(302, Location="file:///etc/passwd")

    def do_endless(self, _body, _):
        self.send_response(200)
        self.end_headers()
        self.break_off()
        try:
            while True:
                self.wfile.write(b"\0" * 65536)
        except OSError:
            pass

    def do_endless_error(self, _body, _):
        self.send_response(404)
        self.end_headers()
        self.break_off()
        try:
            while True:
                self.wfile.write(b"\0" * 65536)
        except OSError:
            pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
shutil.rmtree(DIRECTORY, ignore_errors=True)
os._exit(0)
