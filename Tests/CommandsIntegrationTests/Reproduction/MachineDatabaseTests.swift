// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// Databases that packages create while they are configured, and Java's certificates. Slow.
    @Suite(.serialized)
    struct MachineDatabaseTests {
        @Test("postgresql, mariadb-server, slapd and a JRE: one digest, and working databases in each container")
        func databases() async throws {
            let image = try await MachineImage.build(
                ["postgresql", "ssl-cert", "mariadb-server", "slapd", "default-jre-headless"], named: "databases")
            for path in ["var/lib/postgresql/15/main/PG_VERSION", "var/lib/mysql/ibdata1", "var/lib/ldap/data.mdb"] {
                #expect(!Files.exists(image.files.pushing(FilePath(path))), "\(path)")
            }
            let ending = try await image.run(
                """
                set -eu; as() { user=$1; shift; sudo setpriv --reuid="$user" --regid="$user" --init-groups "$@"; }
                sudo mkdir -p /run/postgresql /run/mysqld
                sudo chown postgres /run/postgresql; sudo chown mysql /run/mysqld
                as postgres pg_ctlcluster 15 main start
                as postgres psql -Atc 'show ssl' -c 'select system_identifier from pg_control_system()'
                as mysql sh -c 'mariadbd --skip-networking > /dev/null 2>&1 &'
                for try in $(seq 60); do if sudo mariadb -e 'select 1' > /dev/null 2>&1; then break; fi; sleep 0.5; done
                sudo mariadb -N -e 'select current_user()'
                as openldap slapcat -F /etc/ldap/slapd.d | sed -n 1p
                keytool -list -cacerts -storepass changeit | grep -c trustedCertEntry
                """)
            #expect(ending.status == 0, "\(ending.error)")
            let lines = ending.output.split(separator: "\n")
            try #require(lines.count == 5, "\(ending.output)")
            #expect(lines[0] == "on" && lines[2...3] == ["root@localhost", "dn: dc=nodomain"], "\(ending.output)")
            #expect(Int(lines[4]) ?? 0 > 100, "\(ending.output)")
        }

        @Test("reproduce names the package and script of a database in the image")
        func namedFiles() async throws {
            let directory = Harness.directory.appending("machine-left")
            let store = try await SmallImage.define(["usr-is-merged", "postgresql"], in: directory)
            let other = "rm -f /etc/ssl/private/ssl-cert-snakeoil.key /etc/ssl/certs/ssl-cert-snakeoil.pem"
            try await Shell.must(
                "sed -i \"s|^remove_secrets\\$|$2|\" \"$1/image/configure\"", [directory.string, other])
            let resolved = try await SmallImage.run(["resolve"], store: store, environment: ["SMALL": directory.string])
            try #require(resolved.status == 0, "\(resolved.error)")
            let ending = try await SmallImage.run(
                ["reproduce", "--base"], store: store, environment: ["SMALL": directory.string])
            #expect(ending.status == 1)
            #expect(
                ending.output.contains("path      /var/lib/postgresql/15/main/global/pg_control\n"), "\(ending.output)")
            #expect(
                ending.output.contains("package   postgresql-15\nscript    postgresql-15.postinst configure"),
                "\(ending.output)")
            #expect(
                ending.error.contains("warning: '/var/lib/postgresql/15/main/global/pg_control' contains a database"))
        }
    }
}
