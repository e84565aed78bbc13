#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Writes the files beside it, with Python's json and openssl as independent implementations. Run once; every run gives
# another key and other signatures. The key signs only these files.
import base64, hashlib, json, os, subprocess

os.chdir(os.path.dirname(os.path.abspath(__file__)))
created = "2026-11-22T02:09:05Z"
digest = hashlib.sha256(b"the image").hexdigest()
repository = "registry.example/team/opencode-docker"


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)
    return data


def canonical(name, value):
    return write(name, json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stderr=subprocess.DEVNULL)


def signature(name):
    openssl("dgst", "-sha256", "-sign", "key.pem", "-out", name + ".sig", name)
    with open(name + ".sig", "rb") as file:
        return base64.b64encode(file.read()).decode()


def descriptor(kind, data, **more):
    return {"mediaType": kind, "digest": "sha256:" + hashlib.sha256(data).hexdigest(), "size": len(data), **more}


openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "sec1.pem")
openssl("pkcs8", "-topk8", "-nocrypt", "-in", "sec1.pem", "-out", "key.pem")
openssl("pkcs8", "-topk8", "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256", "-passout", "pass:correct horse",
        "-in", "sec1.pem", "-out", "encrypted.pem")
openssl("pkcs8", "-topk8", "-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA1", "-iter", "1000", "-passout",
        "pass:correct horse", "-in", "sec1.pem", "-out", "encrypted-old.pem")
openssl("ec", "-in", "sec1.pem", "-pubout", "-out", "key.pub")
der = subprocess.run(["openssl", "pkey", "-pubin", "-in", "key.pub", "-outform", "DER"], capture_output=True).stdout

payload = canonical("payload.json", {
    "critical": {
        "identity": {"docker-reference": repository + ":1.4.3"}, "image": {"docker-manifest-digest": "sha256:" + digest},
        "type": "cosign container image signature"},
    "optional": {"creator": "opencode-docker 1.4.3", "timestamp": 1795313345, "version": "1.4.3"}})
simple = signature("payload.json")
configuration = canonical("configuration.json", {
    "architecture": "", "os": "", "created": created, "config": {},
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(payload).hexdigest()]}})
canonical("signatures.json", {
    "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": descriptor("application/vnd.oci.image.config.v1+json", configuration),
    "layers": [descriptor("application/vnd.dev.cosign.simplesigning.v1+json", payload,
                          annotations={"dev.cosignproject.cosign/signature": simple})]})

kind = "application/vnd.in-toto+json"
statement = canonical("statement.json", {
    "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://sigstore.dev/cosign/sign/v1", "predicate": {},
    "subject": [{"digest": {"sha256": digest},
                 "annotations": {"repository": repository, "version": "1.4.3", "tags": "1.4.3,1.4"}}]})
write("pae", b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(statement), statement))
bundle = canonical("bundle.json", {
    "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
    "verificationMaterial": {"publicKey": {"hint": base64.b64encode(hashlib.sha256(der).digest()).decode()}},
    "dsseEnvelope": {"payload": base64.b64encode(statement).decode(), "payloadType": kind,
                     "signatures": [{"sig": signature("pae")}]}})
canonical("referrer.json", {
    "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "artifactType": "application/vnd.dev.sigstore.bundle.v0.3+json",
    "config": descriptor("application/vnd.oci.empty.v1+json", b"{}"),
    "layers": [descriptor("application/vnd.dev.sigstore.bundle.v0.3+json", bundle)],
    "subject": {"mediaType": "application/vnd.oci.image.index.v1+json", "digest": "sha256:" + digest, "size": 9},
    "annotations": {"org.opencontainers.image.created": created, "dev.sigstore.bundle.content": "dsse-envelope",
                    "dev.sigstore.bundle.predicateType": "https://sigstore.dev/cosign/sign/v1"}})
