// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// A Docker that is reached through ssh, as on another machine; here it is on this one.
    @Suite(.serialized, .enabled(if: Daemon.isPossible && Files.exists("/usr/sbin/sshd")))
    struct RemoteTests {
        @Test("Docker through ssh loads images and is verified, but runs no project")
        func overSSH() async throws {
            let image = try await Harness.shared.image()
            try await Daemon.with { daemon in
                try await withServer(for: daemon) { environment in
                    let load = try await Harness.run(
                        ["build", "--base", "--load"], store: image.store, environment: environment)
                    #expect(load.status == 0 && load.lastLine == image.digest, "\(load.error)")
                    #expect(try await daemon.run("docker image ls --quiet \(Harness.tag)").output != "")
                    let verify = try await Harness.run(
                        ["verify", "--base", "--offline", "--engine", "docker"], store: image.store,
                        environment: environment)
                    #expect(verify.status == 0, "\(verify.output)\n\(verify.error)")
                    try await expectNoRun(image, environment)
                }
            }
        }

        /// A daemon in another PID namespace: its PIDs would be those of other processes here.
        @Test("A Docker in another PID namespace is not verified")
        func elsewhere() async throws {
            let image = try await Harness.shared.image()
            try await Daemon.with(inside: ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]) { daemon in
                let verify = try await Harness.run(
                    ["verify", "--base", "--offline", "--engine", "docker"], store: image.store,
                    environment: daemon.environment)
                #expect(verify.status == Core.ExitStatus.broken.rawValue)
                #expect(
                    verify.error.contains("error: 'docker' runs its containers on another machine"), "\(verify.error)")
                #expect(try await daemon.run("docker ps --all --quiet").output == "")
            }
        }

        private func expectNoRun(_ image: Harness.Built, _ environment: [String: String]) async throws {
            let run = try await Harness.run(
                ["run", "--base", "--engine", "docker", "--project", Harness.directory.string, "--", "true"],
                store: image.store, environment: environment)
            #expect(run.status == Core.ExitStatus.broken.rawValue && run.output == "")
            #expect(run.error.split(separator: "\n").count == 2, "\(run.error)")
            #expect(run.error.contains("where your project's directory may not be."))
        }

        /// sshd on a free port of the loopback interface, whose users reach `daemon`.
        private func withServer(for daemon: Daemon, _ body: ([String: String]) async throws -> Void) async throws {
            let directory = Harness.directory.appending("ssh")
            let script = """
                set -e; mkdir -p "$1/bin" /run/sshd; cd "$1"; umask 077
                for key in host user; do ssh-keygen -q -t ed25519 -N '' -f "$key"; done
                port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
                printf '%s\\n' "ListenAddress 127.0.0.1:$port" "HostKey $1/host" "AuthorizedKeysFile $1/user.pub" \
                    'StrictModes no' "PidFile $1/pid" 'UsePAM no' 'PermitRootLogin prohibit-password' \
                    "SetEnv DOCKER_HOST=unix://$2/socket PATH=$PATH" > sshd.conf
                printf '%s\\n' 'Host *' "IdentityFile $1/user" 'StrictHostKeyChecking no' "UserKnownHostsFile $1/known" \
                    > ssh.conf
                printf '#!/bin/sh\\nexec /usr/bin/ssh -F "%s/ssh.conf" "$@"\\n' "$1" > bin/ssh; chmod 755 bin/ssh
                /usr/sbin/sshd -f "$1/sshd.conf" -E log; printf '%s' "$port"
                """
            let port = try await Shell.must(script, [directory.string, daemon.directory.string])
            let stop = "kill \"$(cat \"$1/pid\")\"; rm -rf \"$1\""
            do {
                let path = try await Shell.must("printf %s \"$PATH\"")
                try await body(["DOCKER_HOST": "ssh://root@127.0.0.1:\(port)", "PATH": "\(directory)/bin:\(path)"])
            } catch {
                _ = try? await Shell.must(stop, [directory.string])
                throw error
            }
            try await Shell.must(stop, [directory.string])
        }
    }
}
