// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage
import Verify

extension Weakening {
    /// Images with changed contents, and images started in another way.
    static let images = [
        layered("set-uid file", ["C18"], "usr/bin/left", "", mode: 0o4755),
        layered("set-gid file", ["C18"], "usr/bin/left", "", mode: 0o2755),
        Weakening("file capability", ["C18"]) { subject, directory in
            let file = try layer("usr/bin/left", "", mode: 0o755, &subject, directory)
            try await tool("/usr/sbin/setcap", ["cap_net_raw+ep", file.string])
        },
        layered("another release", ["C07"], "usr/lib/os-release", "ID=other\nVERSION_CODENAME=trixie\n"),
        layered("another suite", ["C07"], "etc/apt/sources.list.d/more.list", "deb http://mirror.invalid sid main\n"),
        layered("other host keys", ["C12"], "etc/ssh/known_hosts_github", "github.com ssh-ed25519 AAAA\n"),
        layered(
            "health check says yes", ["C16"], "usr/local/libexec/opencode-docker/health", "#!/bin/sh\nexit 0\n",
            mode: 0o755),
        layered(
            "user is root", ["C10"], "usr/local/libexec/opencode-docker/enter", "#!/bin/sh\nexec \"$@\"\n", mode: 0o755),
        Weakening("sudo without its filter", ["C02"]) { subject, directory in
            let file: FilePath = "usr/local/libexec/opencode-docker/start"
            let script = try Files.read((Fixture.root ?? "/").pushing(file), limit: 1 << 20)
            let weaker = String(decoding: script, as: UTF8.self).replacing("\"$libexec/hold\" --sudo", with: "")
            try layer(file, weaker, mode: 0o755, &subject, directory)
        },
        Weakening("second root", ["C10"]) { subject, directory in
            try appendLine("etc/passwd", "toor::0:0::/:/bin/sh\n", &subject, directory)
        },
        Weakening("another package", ["C15"]) { subject, directory in
            let stanza = "\nPackage: more\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n"
            try appendLine("var/lib/dpkg/status", stanza, &subject, directory)
        },
        layered("changed file of a package", ["C15"], "usr/share/perl/5.36.0/strict.pm", "1;\n"),
        Weakening("no sudo", ["C10"]) { subject, _ in subject.plan.environment.append("OPENCODE_SUDO=0") },
        Weakening("no label", ["C17"]) { subject, _ in subject.labels = [:] },
        Weakening("no health check", ["C16"]) { subject, _ in subject.healthCheck = [] },
        layered(
            "ssh believes any key", ["C12", "C13"], "etc/ssh/ssh_config.d/10-opencode-docker.conf",
            "StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\n"),
        layered(
            "ssh believes no key", ["C12", "C13"], "etc/ssh/ssh_config.d/10-opencode-docker.conf",
            "StrictHostKeyChecking yes\n"),
        // Found before the image's own program, and reports success without a network.
        layered(
            "names answered without a network", ["C06"], "usr/local/sbin/getent", "#!/bin/sh\nexit 0\n", mode: 0o755),
        layered(
            "connections answered without a network", ["C06"], "usr/local/sbin/curl", "#!/bin/sh\nexit 0\n",
            mode: 0o755),
        Weakening("root cannot install", ["C10"]) { subject, directory in
            let script = "#!/bin/sh\ncase \" $* \" in *\" update \"*) exit 0 ;; esac\nexit 100\n"
            try layer("usr/local/sbin/apt-get", script, mode: 0o755, &subject, directory)
            subject.installs = true
        },
        layered("set-uid sudo's name", ["C09"], "usr/bin/sudo", "", mode: 0o755),
        Weakening("device in the image", ["C18"]) { subject, directory in
            let file = try layer("usr/bin/left", "", mode: 0o644, &subject, directory)
            unlink(file.string)
            mknod(file.string, S_IFCHR | 0o600, 0x103)
        },
        Weakening("closed directory", ["C18"]) { subject, directory in
            let file = try layer("opt/closed/left", "", mode: 0o644, &subject, directory)
            chown(file.removingLastComponent().string, 4242, 4242)
            chmod(file.removingLastComponent().string, 0o700)
        },
        layered(
            "inheritable capabilities and a group", ["C08", "C10"], "usr/local/libexec/opencode-docker/enter",
            """
            #!/bin/sh
            until [ -e /run/opencode-docker/ready ]; do sleep 0.05; done
            exec setpriv --reuid=opencode --regid=opencode --groups=4 --inh-caps=+chown --ambient-caps=+chown -- "$@"

            """, mode: 0o755),
    ]

    /// Processes beside or before the entrypoint.
    static let environment = [
        started("listening port", ["C18"], "$s = IO::Socket::INET->new(Listen => 1, LocalPort => 8080) or die; sleep"),
        started(
            "abstract socket", ["C03", "C05"],
            "$s = IO::Socket::UNIX->new(Listen => 1, Local => qq(\\0somebody)) or die; sleep"),
        Weakening("local network routed", ["C19"]) { subject, _ in
            subject.plan.profile.readOnlyPaths = []
            let script = "echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet; exec \"$0\" \"$@\""
            subject.entrypoint = ["/bin/sh", "-c", script] + subject.entrypoint
        },
    ]

    /// The canary token in places where a credential must never be.
    static let leaks = [
        Weakening("token in the environment", ["C21"]) { subject, _ in
            subject.plan.environment.append("TOKEN=\(subject.secret)")
        },
        Weakening("token printed", ["C21"]) { subject, _ in
            subject.entrypoint = ["/bin/sh", "-c", "echo \(subject.secret); exec \"$0\" \"$@\""] + subject.entrypoint
        },
        Weakening("token on disk", ["C21"]) { subject, _ in
            let script = "echo \(subject.secret) >/var/tmp/left; exec \"$0\" \"$@\""
            subject.entrypoint = ["/bin/sh", "-c", script] + subject.entrypoint
        },
        Weakening("token in git's configuration", ["C21"]) { subject, directory in
            let text = "[url \"https://\(subject.secret)@github.com/\"]\n\tinsteadOf = https://github.com/\n"
            try layer("etc/gitconfig", text, mode: 0o644, &subject, directory)
        },
        Weakening("token not handed over", ["C21"]) { subject, _ in
            for index in subject.plan.profile.temporaryFileSystems.indices {
                let memory = subject.plan.profile.temporaryFileSystems[index]
                if memory.target == "/tmp" { subject.plan.profile.temporaryFileSystems[index].options.append("ro") }
            }
        },
    ]

    private static func started(_ name: String, _ claims: [String], _ program: String) -> Weakening {
        Weakening(name, claims) { subject, _ in
            let script = "perl -MIO::Socket::INET -MIO::Socket::UNIX -e '\(program)' & exec \"$0\" \"$@\""
            subject.entrypoint = ["/bin/sh", "-c", script] + subject.entrypoint
        }
    }

    private static func layered(
        _ name: String, _ claims: [String], _ file: FilePath, _ text: String, mode: mode_t = 0o644
    ) -> Weakening {
        Weakening(name, claims) { subject, directory in
            try layer(file, text, mode: mode, &subject, directory)
        }
    }

    /// Adds a directory with one file on top of the image.
    @discardableResult
    static func layer(
        _ file: FilePath, _ text: String, mode: mode_t, _ subject: inout VerifySubject, _ directory: FilePath
    ) throws -> FilePath {
        let layer = directory.appending("layer-\(Files.uniqueSuffix())")
        let path = layer.pushing(file)
        try Files.makeDirectories(path.removingLastComponent())
        try Files.write(Array(text.utf8), to: path)
        chmod(path.string, mode)
        subject.plan.lowerDirectories.append(layer)
        return path
    }

    private static func appendLine(
        _ file: FilePath, _ line: String, _ subject: inout VerifySubject, _ directory: FilePath
    ) throws {
        let bytes = try Files.read((Fixture.root ?? "/").pushing(file), limit: 1 << 26)
        try layer(file, String(decoding: bytes, as: UTF8.self) + line, mode: 0o644, &subject, directory)
    }
}
