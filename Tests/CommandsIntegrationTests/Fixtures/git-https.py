# SPDX-License-Identifier: Apache-2.0
"""git-https.py PORT CERTIFICATE KEY ROOT SHA256 LOG: a proxy on loopback that acts as every https server.

Serves the repositories below ROOT with `git http-backend` for credentials with that SHA-256 ("user:password",
RFC 7617), so that the secret is not among the arguments. LOG gets a line for each request: the host and the credentials.
"""
import base64
import hashlib
import http.server
import os
import ssl
import subprocess
import sys

port, certificate, key, root, expected, log = sys.argv[1:]
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(certificate, key)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    host = "-"

    def log_message(self, *_):
        pass

    def do_CONNECT(self):
        self.host = self.path.split(":")[0]
        self.send_response_only(200)
        self.end_headers()
        try:
            inner = context.wrap_socket(self.connection, server_side=True)
        except (ssl.SSLError, OSError):
            self.close_connection = True
            return
        self.connection, self.rfile, self.wfile = inner, inner.makefile("rb"), inner.makefile("wb", 0)
        self.close_connection = False

    def credentials(self):
        words = self.headers.get("Authorization", "").split()
        if len(words) != 2:
            return "nothing"
        return "right" if hashlib.sha256(base64.b64decode(words[1])).hexdigest() == expected else "other"

    def answer(self):
        shown = self.credentials()
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"{self.host} {shown}\n")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if shown != "right":
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        variables = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": root, "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
            "QUERY_STRING": query, "REQUEST_METHOD": self.command, "REMOTE_USER": "somebody",
            "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=variables, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self.send_response(int(fields.pop("Status", "200 OK").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = answer
    do_POST = answer


# More clients at once than the queue holds are only answered after seconds (listen(2)).
http.server.ThreadingHTTPServer.request_queue_size = 128
http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler).serve_forever()
