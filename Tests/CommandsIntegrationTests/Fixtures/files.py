# SPDX-License-Identifier: Apache-2.0
"""Serves the files of a directory on loopback.

usage: files.py DIRECTORY [CERTIFICATE]    prints its port; ends with its standard input
CERTIFICATE: a PEM file with key and certificate; enables TLS
"""
import functools
import http.server
import ssl
import sys
import threading


class Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


handler = functools.partial(Files, directory=sys.argv[1])
# More clients at once than the queue holds are only answered after seconds (listen(2)).
http.server.ThreadingHTTPServer.request_queue_size = 128
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
