#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# docker_registry.py DIRECTORY: Debian's docker-registry on loopback, with TLS and one user, me:secret, until the end of
# standard input. Prints its port. DIRECTORY gets certificates/ca.crt and auth.json for its clients.
import base64, json, os, socket, subprocess, sys, time

directory = sys.argv[1]
os.makedirs(directory + "/certificates", exist_ok=True)
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
host = f"127.0.0.1:{port}"
certificate, key = directory + "/certificates/ca.crt", directory + "/server.key"
subprocess.run(
    ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
     "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
    check=True, stderr=subprocess.DEVNULL)
users = subprocess.run(["htpasswd", "-nbB", "me", "secret"], check=True, capture_output=True, text=True).stdout
with open(directory + "/users", "w") as file:
    file.write(users)
with open(directory + "/auth.json", "w") as file:
    json.dump({"auths": {host: {"auth": base64.b64encode(b"me:secret").decode()}}}, file)
configuration = {
    "version": 0.1, "log": {"level": "error", "accesslog": {"disabled": True}},
    "storage": {"filesystem": {"rootdirectory": directory + "/data"}},
    "http": {"addr": host, "secret": "test", "tls": {"certificate": certificate, "key": key}},
    "auth": {"htpasswd": {"realm": "test", "path": directory + "/users"}}}
with open(directory + "/registry.json", "w") as file:
    json.dump(configuration, file)
registry = subprocess.Popen(
    ["docker-registry", "serve", directory + "/registry.json"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    for _ in range(1200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    print(port, flush=True)
    sys.stdin.read()
finally:
    registry.terminate()
    registry.wait()
