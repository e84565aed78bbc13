// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The accounts that package scripts have created before the configure program creates the image's user.
struct TakenUser: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Lines of passwd(5) and group(5).
    var users = "root:x:0:0::/root:/bin/sh"
    var groups = "root:x:0:"
    /// The expected error; `nil` when there is no conflict.
    let says: String?
}

/// The image's user is `opencode` with UID and GID 1000.
@Suite("The image's user and the users of packages") struct UserCheckTests {
    static let table = [
        TakenUser(testDescription: "nobody", says: nil),
        TakenUser(
            testDescription: "the number", users: "kuser:x:1000:1001::/:/bin/sh",
            says:
                "the package 'ka' made the user 'kuser' with the number 1000: choose another user.uid in image/image.yaml"
        ),
        TakenUser(
            testDescription: "the name", users: "opencode:x:999:999::/:/bin/sh",
            says: "the package 'kb' or 'kc' made a user 'opencode': choose another user.name in image/image.yaml"),
        TakenUser(
            testDescription: "the name as a group", groups: "opencode:x:999:",
            says: "the package 'kb' or 'kc' made a group 'opencode': choose another user.name in image/image.yaml"),
        TakenUser(testDescription: "its own group", groups: "opencode:x:1000:", says: nil),
        TakenUser(testDescription: "another name of the group", groups: "users:x:1000:\nopencode:x:5:", says: nil),
    ]

    @Test(arguments: table) func check(_ taken: TakenUser) throws {
        let configure = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../image/configure")
            .path
        try withTemporaryDirectory { directory in
            try Files.write(Array("\(taken.users)\n".utf8), to: directory.appending("passwd"))
            try Files.write(Array("\(taken.groups)\n".utf8), to: directory.appending("group"))
            try ShellLine.run(
                #"""
                mkdir info; echo 'useradd kuser' > info/ka.postinst; echo 'adduser --system opencode' > info/kb.preinst
                echo 'addgroup opencode' > info/kc:amd64.postinst; echo 'chown opencode /x' > info/kd.postinst
                sed -n '/^check_user() {/,/^}/p; /^maker_of() {/,/^}/p' \#(configure) |
                    sed "s|/var/lib/dpkg/info|$PWD/info|" > functions
                cat > program << 'END'
                set -eu
                fail() { echo "$*"; exit 1; }
                getent() { awk -F: -v key="$2" '$1 == key || $3 == key { print; found = 1 } END { exit !found }' "$1"; }
                user_name=opencode user_id=1000 group_id=1000
                . ./functions
                check_user
                END
                sh program > said || true
                """#, in: directory)
            let said = String(decoding: try Files.read(directory.appending("said"), limit: 1 << 12), as: UTF8.self)
            #expect(said == (taken.says.map { "\($0)\n" } ?? ""))
        }
    }
}
