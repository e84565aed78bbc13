// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The kind of secret or random data in a file that a script generated: it must not be published or shared between
/// machines, or differs between builds.
package enum SecretKind: String, Sendable, CaseIterable {
    /// A private key: PEM, OpenPGP, DNSSEC, Dropbear or a Kerberos key table.
    case privateKey = "private key"
    /// A key that two programs share, in the format of BIND, NSD or Knot.
    case sharedKey = "shared key"
    /// The hash of a password.
    case passwordHash = "password hash"
    /// A password in a setting that looks randomly generated.
    case password = "random password"
    /// Random bytes or one random word in a file that is not world-readable.
    case randomBytes = "random secret"
    /// A unique identifier of a machine, in a file with the name of one.
    case identifier = "machine's identifier"
    /// The files of a database.
    case database
    /// Random data that is not secret.
    case publicRandom = "random parameter"
}

extension SecretKind {
    /// The number of bytes of a file that are examined.
    package static let limit = 1 << 18

    /// Whether the file must not be in an image; otherwise it only makes the image's digest unreproducible.
    package var isSecret: Bool { self != .publicRandom }

    /// Classifies a file; returns nil when it contains no secret.
    ///
    /// - Parameters:
    ///   - bytes: The beginning of its contents, at most `limit` bytes.
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
        } else if isPrivate, contents.isText, contents.hasCredential {
            self = .password
        } else if isPrivate || Self.isKey(path), contents.isRandom {
            self = .randomBytes
        } else if Self.isIdentifier(path), contents.isIdentifier {
            self = .identifier
        } else {
            return nil
        }
    }

    /// The last component of a path, in lower case.
    private static func name(_ path: String) -> String { (path.split(separator: "/").last ?? "").lowercased() }

    /// Whether a file has the name of a key; random bytes in it are then a key, whatever the file's mode.
    private static func isKey(_ path: String) -> Bool {
        let name = name(path)
        return !name.contains("pub")
            && ([".key", ".psk", ".secret", ".token"].contains(where: name.hasSuffix)
                || ["key", "privatekey", "psk", "secret", "token", "cookie"].contains(name))
    }

    /// Whether a file has the name of a machine identifier.
    private static func isIdentifier(_ path: String) -> Bool {
        let name = name(path)
        return ["machine-id", "machineid", "machine_id", "hostid", "host-id", "host_id", "instance-id", "uuid"]
            .contains(where: name.contains)
    }

    /// The formats of libraries are also used for world-readable tables, which are not secret but differ between
    /// builds.
    private static func database(_ contents: FileContents, path: String, isPrivate: Bool) -> SecretKind? {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        if contents.isDatabase(named: name) { return .database }
        // A mail server's lookup tables are public, although sendmail restricts their mode.
        let isTable = name == "aliases.db" || path.hasPrefix("etc/mail/")
        let holdsState = !isTable && (isPrivate || path.hasPrefix("var/lib/"))
        if holdsState, contents.isSQLite || contents.isBerkeley { return .database }
        return contents.isBerkeley ? .publicRandom : nil
    }

    /// The first kind that matches a line of the text.
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
