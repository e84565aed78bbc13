// SPDX-License-Identifier: Apache-2.0

/// `/etc/passwd` and `/etc/group` for a container without root to write them, whose user has other IDs than the
/// image's: git and ssh refuse to work for a UID without a name.
package struct UserDatabase: Hashable, Sendable {
    /// passwd(5).
    package let passwd: String
    /// group(5).
    package let group: String

    /// The user `name` with those IDs, root, and nobody.
    package init(name: String, user: ContainerUser, home: String, shell: String) {
        passwd = """
            root:x:0:0:root:/root:/usr/sbin/nologin
            \(name):x:\(user.userID):\(user.groupID)::\(home):\(shell)
            nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin

            """
        group = """
            root:x:0:
            \(name):x:\(user.groupID):
            tty:x:5:
            nogroup:x:65534:

            """
    }
}
