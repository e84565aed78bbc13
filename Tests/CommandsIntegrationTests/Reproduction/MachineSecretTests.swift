// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// Keys that packages create while they are configured: in no image, and different in each container.
    @Suite(.serialized)
    struct MachineSecretTests {
        @Test("bind9, openssh-server, ssl-cert, varnish: one digest, no key in the image, new keys in each container")
        func keys() async throws {
            let image = try await MachineImage.build(
                ["openssh-server", "ssl-cert", "bind9", "varnish", "dbus"], named: "keys")
            for path in [
                "etc/bind/rndc.key", "etc/ssh/ssh_host_ed25519_key", "etc/ssl/private/ssl-cert-snakeoil.key",
                "etc/varnish/secret",
            ] {
                #expect(!Files.exists(image.files.pushing(FilePath(path))), "\(path)")
            }
            let libexec = "/usr/local/libexec/opencode-docker"
            #expect(try await image.entrypoint() == "\(libexec)/first-start \(libexec)/entrypoint\n")
            let script = """
                set -eu; cut -d ' ' -f 2 /etc/ssh/ssh_host_ed25519_key.pub; tail -n +2 /etc/ssl/certs/ssl-cert-snakeoil.pem | head -1
                sudo cat /etc/varnish/secret; cat /etc/machine-id
                sudo setpriv --reuid=bind --regid=bind --clear-groups sed -n 's/.*secret //p' /etc/bind/rndc.key
                sudo openssl rsa -noout -check -in /etc/ssl/private/ssl-cert-snakeoil.key
                """
            let first = try await image.run(script)
            try #require(first.status == 0, "\(first.error)")
            let second = try await image.run(script)
            try #require(second.status == 0, "\(second.error)")
            let lines = zip(first.output.split(separator: "\n"), second.output.split(separator: "\n"))
            #expect(
                lines.map { $0 == $1 } == [false, false, false, false, false, true], "\(first.output)\(second.output)")
            #expect(first.output.hasSuffix("RSA key ok\n") && first.error == "", "\(first.error)")
        }

        @Test("Without root one line names the missing secrets, and the command runs")
        func strict() async throws {
            let image = MachineImage(directory: Harness.directory.appending("machine-keys"))
            let ending = try await image.run("echo here", profile: "strict")
            #expect(ending.status == 0 && ending.output == "here\n")
            #expect(
                ending.error.contains(
                    "(root makes them, and here is none): ssl-cert openssh-server bind9 varnish dbus-bin\n"),
                "\(ending.error)")
        }

        @Test("An unknown secret of a script causes a warning with path, package and script")
        func unknown() async throws {
            let planted = try await PlantedPackage.plant(
                "less", named: "secret",
                change: """
                    cat > DEBIAN/postinst << 'END'
                    #!/bin/sh
                    set -e
                    mkdir -p /etc/less /var/lib/less
                    { echo '-----BEGIN PRIVATE KEY-----'; head -c 48 /dev/urandom | base64 -w 64; } > /etc/less/server.key
                    umask 077
                    head -c 32 /dev/urandom > /var/lib/less/seed
                    END
                    """)
            let ending = try await planted.run(["build", "--base"])
            #expect(ending.status == 0)
            #expect(
                ending.error.split(separator: "\n").filter { $0.hasPrefix("warning: '") } == [
                    "warning: '/etc/less/server.key' contains a private key that all users of this image share; less's postinst made it.",
                    "warning: '/var/lib/less/seed' contains a random secret that all users of this image share; less's postinst made it.",
                ], "\(ending.error)")
            try Files.removeTree(planted.store)
        }
    }
}
