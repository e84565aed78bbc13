// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import SystemPackage
import TestSupport
import Testing

/// Compares the files that are written into dpkg's database for a package with those of dpkg.
@Suite struct DatabaseFilesTests {
    @Test("a package without md5sums gets those that dpkg generates: for files, configuration files and hard links")
    func sums() throws {
        try withTemporaryDirectory { directory in
            try ShellLine.run(
                """
                mkdir -p p/DEBIAN p/usr/share/x p/usr/share/doc/x p/etc root/var/lib/dpkg/info root/var/lib/dpkg/updates
                echo a > p/usr/share/x/a; ln p/usr/share/x/a p/usr/share/x/b; ln -s a p/usr/share/x/c
                echo left > p/usr/share/doc/x/README; echo c > p/etc/x; echo /etc/x > p/DEBIAN/conffiles
                printf 'Package: x\\nVersion: 1\\nArchitecture: all\\nMaintainer: M <m@example.org>\\nDescription: x\\n' \\
                    > p/DEBIAN/control
                dpkg-deb -b p x.deb > /dev/null; : > root/var/lib/dpkg/status
                dpkg --root="$PWD/root" --force-not-root --force-unsafe-io --log="$PWD/log" \\
                    --path-exclude='/usr/share/doc/*' --unpack x.deb > /dev/null
                """, in: directory)
            let filter = PathFilter(excludes: ["/usr/share/doc/*"], includes: [])
            let tree = directory.appending("tree")
            try Files.makeDirectories(tree)
            _ = try PackageUnpacker(filter: filter, setsOwners: false).unpack(directory.appending("x.deb"), into: tree)
            let (name, limit) = (FilePath("var/lib/dpkg/info/x.md5sums"), 1 << 16)
            let theirs = try Files.read(directory.appending("root").pushing(name), limit: limit)
            #expect(try Files.read(tree.pushing(name), limit: limit) == theirs)
            #expect(theirs.split(separator: UInt8(ascii: "\n")).count == 3)
        }
    }

    @Test("the status records a configuration file that is not shipped, or listed twice, as dpkg does")
    func conffiles() throws {
        try withTemporaryDirectory { directory in
            try ShellLine.run(
                """
                mkdir -p p/DEBIAN p/etc root/var/lib/dpkg/info root/var/lib/dpkg/updates; echo c > p/etc/a
                printf '/etc/a\\n/etc/b\\n/etc/a\\n' > p/DEBIAN/conffiles
                printf 'Package: x\\nVersion: 1\\nArchitecture: all\\nMaintainer: M <m@example.org>\\nDescription: x\\n' \\
                    > p/DEBIAN/control
                dpkg-deb --nocheck -b p x.deb > /dev/null; : > root/var/lib/dpkg/status
                dpkg --root="$PWD/root" --force-not-root --force-unsafe-io --log="$PWD/log" \\
                    --install x.deb > /dev/null 2>&1
                """, in: directory)
            try Files.makeDirectories(directory.appending("tree"))
            let unpacker = PackageUnpacker(filter: PathFilter(excludes: [], includes: []), setsOwners: false)
            let facts = try unpacker.unpack(directory.appending("x.deb"), into: directory.appending("tree")).facts
            let theirs = try Files.read(directory.pushing("root/var/lib/dpkg/status"), limit: 1 << 16)
            let conffiles = String(decoding: theirs, as: UTF8.self).split(separator: "\n").filter {
                $0.hasPrefix(" /etc/")
            }
            #expect(conffiles == facts.conffiles.map { " \($0.path) \($0.md5 ?? "")" })
            #expect(conffiles.count == 3 && facts.shippedConffiles.map(\.path) == ["/etc/a"])
        }
    }
}
