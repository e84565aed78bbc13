// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// The sources of downloads, and the trusted certificates.
    @Suite(.serialized)
    struct PlacesTests {
        @Test("Packages and archives that mirrors have dropped come from snapshots")
        func snapshots() async throws {
            try await AgentImage.with("snapshots") { image in
                let first = try await image.run("resolve")
                #expect(first.status == 0, "\(first.error)")
                try await Mirror.with(.missing, "^/debian/.*/tini_") { mirror in
                    let without = try await image.run(
                        "build", "--base", "-q", "--mirror", mirror.address, "--snapshot", "http://127.0.0.1:9")
                    #expect(without.status == 75)
                    #expect(without.error.contains("Cannot download 'tini "))
                    #expect(without.error.contains(": not there; from 127.0.0.1:9: cannot be reached."))
                    let with = try await image.run(
                        "build", "--base", "-q", "--mirror", mirror.address, "--snapshot", mirror.address)
                    #expect(with.status == 0, "\(with.error)")
                }
                try await Mirror.with(.missing, "^/debian") { mirror in
                    let without = try await image.run(
                        "resolve", "--mirror", mirror.address, "--snapshot", "http://127.0.0.1:9")
                    #expect(without.status == 75)
                    #expect(without.error.contains("from 127.0.0.1:9: cannot be reached"), "\(without.error)")
                    let with = try await image.run(
                        "resolve", "--mirror", mirror.address, "--snapshot", "\(mirror.address)/")
                    #expect(with.status == 0, "\(with.error)")
                    #expect(with.output == "Nothing changed.\n")
                    #expect(with.error.contains("warning: No mirror has Debian's archives; using their snapshot"))
                }
            }
        }

        @Test("curl's environment variables for certificates are used")
        func certificates() async throws {
            let directory = Harness.directory.appending("certificates")
            try Files.makeDirectories(directory)
            let pem = directory.appending("server.pem")
            try await Shell.must(
                """
                openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
                    -addext subjectAltName=IP:127.0.0.1 -keyout "$1.key" -out "$1.crt" 2> /dev/null
                cat "$1.key" "$1.crt" > "$1"
                """, [pem.string])
            // An empty variable counts as unset; this machine may set its own.
            let own = ["SSL_CERT_FILE": "\(pem).crt", "CURL_CA_BUNDLE": ""]
            let cases: [([String: String], String)] = [
                ([:], "cannot be trusted"), (own, "not there"),
                (own.merging(["CURL_CA_BUNDLE": "/etc/ssl/certs/ca-certificates.crt"]) { $1 }, "cannot be trusted"),
            ]
            try await Loopback.with("files.py", [directory.string, pem.string]) { port in
                for (variables, says) in cases {
                    let ending = try await Harness.run(
                        ["resolve", "-q", "--mirror", "https://127.0.0.1:\(port)", "--lock", "\(directory)/lock"],
                        store: directory.appending("store"), environment: variables)
                    #expect(ending.status == 75)
                    #expect(ending.error.contains(says), "\(ending.error)")
                }
            }
        }
    }
}
