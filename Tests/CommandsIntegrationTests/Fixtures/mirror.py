# SPDX-License-Identifier: Apache-2.0
"""A mirror on loopback that forwards to another one, and corrupts some files.

usage: mirror.py UPSTREAM FAULT PATTERN    prints its port; ends with its standard input
Below /archive/NAME/TIME/ it serves the other's /NAME/, like snapshot.debian.org.
FAULT: missing, flipped (one byte), truncated, text (Debian becomes Debiam), longer (an empty line at the end)
"""
import http.server
import re
import sys
import threading
import urllib.request

UPSTREAM, FAULT, PATTERN = sys.argv[1:4]
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler())


def altered(body):
    if FAULT == "flipped":
        return body[:-1] + bytes([body[-1] ^ 1])
    if FAULT == "truncated":
        return body[: len(body) // 2]
    if FAULT == "longer":
        return body + b"\n"
    return body.replace(b"Debian", b"Debiam", 1)


class Mirror(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        try:
            lies = re.search(PATTERN, self.path) is not None
            if lies and FAULT == "missing":
                return self.send_error(404)
            path = re.sub(r"^/archive/([a-z-]+)/\d{8}T\d{6}Z/", r"/\1/", self.path)
            with OPENER.open(UPSTREAM + path, timeout=60) as answer:
                body = answer.read()
            body = altered(body) if lies else body
        except urllib.error.HTTPError as error:
            return self.send_error(error.code)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


# More clients at once than the queue holds are only answered after seconds (listen(2)).
http.server.ThreadingHTTPServer.request_queue_size = 128
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
