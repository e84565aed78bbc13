// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a file that a script made has in it that nobody else may know, that no two machines may share, or that no two
/// builds do.
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
    /// What was drawn by lot and everybody may know.
    case publicRandom = "random parameter"
}

extension SecretKind {
    /// How much of a file is looked at.
    package static let limit = 1 << 18

    /// Whether it should be in no image; otherwise only the image's digest suffers.
    package var isSecret: Bool { self != .publicRandom }

    /// The kind of secret in a file, or `nil`.
    ///
    /// - Parameters:
    ///   - bytes: The beginning of its contents, `limit` at most.
    ///   - path: Its path below the root.
    ///   - mode: Its permissions.
    package init?(of bytes: [UInt8], path: String, mode: UInt16) {
        let contents = FileContents(bytes)
        let isPrivate = mode & 0o004 == 0
        if contents.isPrivateKey || isPrivate && contents.isKeytab {
            self = .privateKey
        } else if let found = Self.database(contents, path: path, isPrivate: isPrivate) {
            self = found
        } else if contents.isText, let found = Self.line(of: contents) {
            self = found
        } else if contents.isText, contents.isExchangeParameters {
            self = .publicRandom
        } else if isPrivate, contents.isRandom {
            self = .randomBytes
        } else {
            return nil
        }
    }

    /// Libraries' forms are for tables as well, which everybody may read: those are no secrets, but not the same in
    /// each build.
    private static func database(_ contents: FileContents, path: String, isPrivate: Bool) -> SecretKind? {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        if contents.isDatabase(named: name) { return .database }
        // What a mail server looks up is public, though sendmail hides it.
        let isTable = name == "aliases.db" || path.hasPrefix("etc/mail/")
        let holdsState = !isTable && (isPrivate || path.hasPrefix("var/lib/"))
        if holdsState, contents.isSQLite || contents.isBerkeley { return .database }
        return contents.isBerkeley ? .publicRandom : nil
    }

    /// The first kind that a line of the text has.
    private static func line(of contents: FileContents) -> SecretKind? {
        let folded = contents.folded
        let marks = SettingLine.marks.filter(folded.contains)
        guard !marks.isEmpty else { return nil }
        for (line, small) in zip(contents.lines, folded.lines) {
            let start = FileContents(Array(small.prefix(1024)))
            if marks.contains(where: start.contains), let kind = SettingLine(line).secret { return kind }
        }
        return nil
    }
}
