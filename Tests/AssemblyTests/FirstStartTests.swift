// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Core
import TestSupport
import Testing

@Suite("Files that each container generates") struct FirstStartTests {
    @Test("an image without such packages gets nothing") func nothing() throws {
        let start = FirstStart(packages: ["git", "openssh-client", "libssl3"])
        #expect(!start.isNeeded && start.removed.isEmpty)
        #expect(try start.items(mtime: 0).isEmpty)
    }

    @Test("a package whose own service generates the file needs no program") func byItself() throws {
        let start = FirstStart(packages: ["rabbitmq-server"])
        #expect(!start.isNeeded && start.removed == ["/var/lib/rabbitmq/.erlang.cookie"])
        #expect(try start.items(mtime: 0).isEmpty)
    }

    @Test("others get the program, and a script for each package") func programs() throws {
        let start = FirstStart(packages: ["postgresql-common", "git", "ssl-cert"])
        #expect(start.isNeeded)
        let files = try start.items(mtime: 7).filter { $0.entry.kind != .directory }.map(\.entry)
        #expect(
            files.map(\.path.string) == [
                "usr/local/libexec/opencode-docker/first-start",
                "usr/local/libexec/opencode-docker/first-start.d/10-ssl-cert",
                "usr/local/libexec/opencode-docker/first-start.d/11-postgresql-common",
            ])
        #expect(files.allSatisfy { $0.mode == 0o755 && $0.mtime == 7 && $0.uid == 0 })
    }

    /// The configure step's shell expands them unquoted, as root.
    @Test("removed paths are below a package's directories, and patterns without blanks")
    func patterns() {
        let allowed = #/\/(?:etc|var\/lib)\/[a-z0-9-]+\/[A-Za-z0-9_.*\/!\[\]-]+/#
        for pattern in FirstStart(packages: Self.packages).removed {
            #expect(pattern.wholeMatch(of: allowed) != nil && !pattern.contains(".."), "\(pattern)")
        }
    }

    @Test("shellcheck has no complaints about the programs") func shell() throws {
        try withTemporaryDirectory { directory in
            for item in try FirstStart(packages: Self.packages).items(mtime: 0) {
                guard case .bytes(let bytes) = item.source else { continue }
                try Files.write(bytes, to: directory.appending(item.entry.path.name))
            }
            let said = try ShellLine.run(
                "for file in *; do dash -n $file; done; ! type -p shellcheck > /dev/null || shellcheck --exclude=SC2016 *",
                in: directory)
            #expect(said.isEmpty)
        }
    }

    private static let packages = [
        "ssl-cert", "openssh-server", "dropbear", "bind9", "nsd", "munge", "xrdp", "cfengine3",
        "varnish", "rabbitmq-server", "dbus-bin", "nvme-cli",
        "open-iscsi", "postgresql-common", "mariadb-server", "slapd",
    ]

    @Test("packages with unrepeatable scripts are known by name")
    func unrepeatable() {
        #expect(UnrepeatableScripts.among(["git", "texlive-base"]).map(\.path) == ["/var/lib/texmf"])
        #expect(UnrepeatableScripts.among(["git"]).isEmpty)
        let others = [
            "postfix", "freeradius-config", "courier-base", "ircd-hybrid", "sendmail-base", "ejabberd", "heimdal-kdc",
            "bacula-common", "phpmyadmin", "roundcube-core", "mailman3", "simplesamlphp",
        ]
        #expect(UnrepeatableScripts.among(others).map(\.package) == others)
    }
}
