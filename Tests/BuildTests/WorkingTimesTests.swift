// SPDX-License-Identifier: Apache-2.0

import Archive
import Build
import Testing

/// A file that was changed some time after the start of the step, and its expected writers.
struct WrittenFile: Sendable, CustomTestStringConvertible {
    let path: String
    /// Seconds.
    let changed: Double
    let writers: [String]

    var testDescription: String { "\(path) after \(changed) s" }

    init(_ path: String, _ changed: Double, _ writers: String...) {
        (self.path, self.changed, self.writers) = (path, changed, writers)
    }
}

@Suite("The writer of a file in the configure step") struct WorkingTimesTests {
    /// The start of each package's configuration in seconds, and the words in its script.
    private static let scripts: [(package: String, time: Double, words: [String])] = [
        ("ssl-cert", 1, ["etc/ssl/private/ssl-cert-snakeoil.key"]),
        ("mariadb-server", 10, ["var/lib/mysql"]),
        ("bind9", 13, ["rndc.key", "/etc"]),
        ("postgresql-15", 13.5, ["var/lib/postgresql-common"]),
        ("postgresql", 17, ["etc/ssl/certs/ssl-cert-snakeoil.pem"]),
        ("less", 17.2, []),
    ]

    @Test(arguments: [
        // Lines arrive late.
        WrittenFile("etc/ssl/private/ssl-cert-snakeoil.key", 5, "ssl-cert"),
        WrittenFile("etc/bind/rndc.key", 13.2, "bind9"), WrittenFile("etc/bind/rndc.key", 12.8, "bind9"),
        // No script mentions the names of a database's files.
        WrittenFile("var/lib/mysql/mysql/user.frm", 11.9, "mariadb-server"),
        WrittenFile("var/lib/mysql/ibdata1", 12.5, "mariadb-server"),
        WrittenFile("var/lib/postgresql/15/main/base/1/1249", 15, "postgresql-15"),
        WrittenFile("var/lib/postgresql/15/main/global/pg_control", 14.5, "postgresql-15"),
        WrittenFile("var/lib/postgresql/15/main/global/pg_control", 16.9, "postgresql-15"),
        // A script that mentions a file need not have written it.
        WrittenFile("etc/ssl/certs/ssl-cert-snakeoil.pem", 5, "ssl-cert"),
        // No other script ran at that time.
        WrittenFile("var/lib/other/file", 5, "ssl-cert"), WrittenFile("var/lib/other/file", 30, "less"),
        // Two scripts may have run.
        WrittenFile("var/lib/other/file", 12.9, "mariadb-server", "bind9"),
        WrittenFile("var/lib/other/file", 0.5, "ssl-cert"),
    ])
    func writers(file: WrittenFile) throws {
        let events = Self.scripts.map {
            WorkingTimes.Event(time: Int64($0.time * 1e9), worker: .configuring(package: $0.package))
        }
        let found = WorkingTimes(events: events).writers(
            of: try ArchivePath(file.path), changed: Int64(file.changed * 1e9)
        ) { worker, words in
            Self.scripts.contains { $0.package == worker.script?.package && $0.words.contains(words) }
        }
        #expect(found.compactMap { $0.script?.package } == file.writers)
    }
}
