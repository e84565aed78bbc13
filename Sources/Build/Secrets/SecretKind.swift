// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a file that a script made has in it that nobody else may know, or that no two machines may share.
package enum SecretKind: String, Sendable, CaseIterable {
    /// A private key: PEM, OpenPGP, DNSSEC, Dropbear or a Kerberos key table.
    case privateKey = "private key"
    /// A key that two programs share, in the form of BIND, NSD and Knot.
    case sharedKey = "shared key"
    /// The hash of a password.
    case passwordHash = "password hash"
    /// A password in a setting, that looks as if it was drawn by lot.
    case password = "random password"
    /// Nothing but random bytes or one random word, in a file that only some may read.
    case randomBytes = "random secret"
    /// The files of a database.
    case database
}

extension SecretKind {
    /// How much of a file is looked at.
    package static let limit = 1 << 18

    /// The kind of secret in a file, or `nil`.
    ///
    /// - Parameters:
    ///   - bytes: The beginning of its contents, `limit` at most.
    ///   - name: The last component of its path.
    ///   - mode: Its permissions.
    package init?(of bytes: [UInt8], name: String, mode: UInt16) {
        let contents = FileContents(bytes)
        if contents.isPrivateKey || mode & 0o004 == 0 && contents.isKeytab {
            self = .privateKey
        } else if contents.isDatabase(named: name) {
            self = .database
        } else if contents.isText, let found = Self.line(of: contents) {
            self = found
        } else if mode & 0o004 == 0, contents.isRandom {
            self = .randomBytes
        } else {
            return nil
        }
    }

    /// The first kind that a line of the text has.
    private static func line(of contents: FileContents) -> SecretKind? {
        let words = [
            "secret", "pass", "Secret", "Pass", "SECRET", "PASS", "des_key", "{SSHA", "e1NTSEF", "{PBKDF2", "$y$",
            "$6$", "$5$",
            "$2y$", "$apr1$", "$argon2",
        ]
        guard words.contains(where: contents.contains) else { return nil }
        for line in contents.lines {
            if let kind = SettingLine(line).secret { return kind }
        }
        return nil
    }
}
