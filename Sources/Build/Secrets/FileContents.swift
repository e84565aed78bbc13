// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The beginning of a file, asked what it may be. Nothing in it is believed or followed.
struct FileContents {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether it has no byte that texts do not have.
    var isText: Bool { !bytes.isEmpty && !bytes.contains { $0 < 9 || (14..<32).contains($0) && $0 != 27 } }

    /// The lines.
    var lines: [ArraySlice<UInt8>] { bytes.split(separator: UInt8(ascii: "\n")) }

    /// The same in small letters.
    var folded: FileContents { FileContents(bytes.map { (65...90).contains($0) ? $0 + 32 : $0 }) }

    /// Whether `words` are in it.
    func contains(_ words: String) -> Bool {
        let wanted = Array(words.utf8)
        guard let first = wanted.first else { return true }
        return bytes.withUnsafeBufferPointer { all in
            var start = 0
            while let found = all[start...].firstIndex(of: first), found + wanted.count <= all.count {
                if all[found..<found + wanted.count].elementsEqual(wanted) { return true }
                start = found + 1
            }
            return false
        }
    }

    /// PEM (RFC 7468), OpenSSH's PEM, OpenPGP's armour (RFC 4880, 6.2), also indented or in a string of JSON, PuTTY's
    /// form, BIND's `Private-key-format`, or Dropbear's bytes.
    var isPrivateKey: Bool {
        if isDropbearKey || isPuTTYKey { return true }
        if contains("PRIVATE KEY"), armouredKeys.contains(where: \.beginsLikeAKey) { return true }
        return contains("Private-key-format: v") && lines.contains { $0.starts(with: "Private-key-format: v".utf8) }
    }

    /// What comes behind each first line of a private key. Documentation speaks of the line; a key has its bytes below.
    private var armouredKeys: [String] {
        let (begin, kind) = (Array("-----BEGIN ".utf8), Array("PRIVATE KEY".utf8))
        var (found, rest) = ([String](), bytes[...])
        while let start = rest.firstRange(of: begin) {
            rest = rest[start.upperBound...]
            guard let end = rest.prefix(60).firstRange(of: Array("-----".utf8)),
                rest[..<end.lowerBound].firstRange(of: kind) != nil
            else { continue }
            found.append(String(decoding: rest[end.upperBound...].prefix(400), as: UTF8.self))
        }
        return found
    }

    /// PuTTY's form (its `doc/pubkeyfmt.but`).
    private var isPuTTYKey: Bool {
        bytes.starts(with: "PuTTY-User-Key-File-".utf8) && contains("\nPrivate-Lines: ")
    }

    /// A name of an algorithm with its length before it, as in an SSH packet (RFC 4251, 5): public keys are written as
    /// text.
    private var isDropbearKey: Bool {
        ["ssh-rsa", "ssh-dss", "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"]
            .contains { bytes.starts(with: [0, 0, 0, UInt8($0.utf8.count)] + Array($0.utf8)) }
    }

    /// A Kerberos key table, version 2 (MIT Kerberos, "keytab file format").
    var isKeytab: Bool { bytes.starts(with: [5, 2, 0, 0]) }

    /// Known by a file that each has: PostgreSQL, MariaDB, LMDB, Samba's TDB, Firebird.
    func isDatabase(named name: String) -> Bool {
        switch name {
        case "pg_control", "ibdata1": true
        case "data.mdb": bytes.dropFirst(16).starts(with: [0xde, 0xc0, 0xef, 0xbe])
        default: bytes.starts(with: Array("TDB file\n".utf8)) || isFirebird
        }
    }

    /// A header page with the version of its form, whose highest bit says Firebird (Firebird, `src/jrd/ods.h`).
    private var isFirebird: Bool {
        bytes.count >= 1024 && bytes[0] == 1 && bytes[16] == 0 && (10...13).contains(bytes[18]) && bytes[19] == 0x80
    }

    /// SQLite's database file format, 1.3.
    var isSQLite: Bool { bytes.starts(with: Array("SQLite format 3\0".utf8)) }

    /// A hash, tree or queue of Berkeley DB, in the byte order of any machine (`db_page.h`). Each has a random number
    /// in it.
    var isBerkeley: Bool {
        let magic = Array(bytes.dropFirst(12).prefix(4))
        return [[0, 6, 0x15, 0x61], [0, 5, 0x31, 0x62], [0, 4, 0x22, 0x53]].contains { [UInt8]($0) == magic }
            || [[0x61, 0x15, 6, 0], [0x62, 0x31, 5, 0], [0x53, 0x22, 4, 0]].contains { [UInt8]($0) == magic }
    }

    /// The parameters of a Diffie-Hellman exchange, as OpenSSL draws them.
    var isExchangeParameters: Bool {
        contains("-----BEGIN DH PARAMETERS-----\n") || contains("-----BEGIN X9.42 DH PARAMETERS-----\n")
    }

    /// Nothing but random bytes, or one random word.
    var isRandom: Bool {
        guard (8...4096).contains(bytes.count) else { return false }
        // Some random bytes look like text in a one-byte encoding, none like UTF-8.
        if isText, let text = String(validating: bytes, as: UTF8.self) { return Self.isRandomWord(text.trimmed) }
        guard bytes.count >= 16 else { return false }
        // As many different bytes as chance gives, half of them above 127, and no program's mark at the beginning.
        let size = Double(bytes.count)
        let expected = 256 * (1 - pow(255.0 / 256, size))
        let high = Double(bytes.count { $0 > 127 })
        return Double(Set(bytes).count) > 0.85 * expected && abs(high - size / 2) < 2 * size.squareRoot()
            && !bytes.starts(with: [0x1f, 0x8b])
    }

    /// A setting is more than a word; `=` may end base64.
    private static func isRandomWord(_ word: String) -> Bool {
        guard word.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_.-]*[=:][^=].*/#) == nil else { return false }
        return word.isRandom
            || word.count >= 16 && word.allSatisfy { ("A"..."Z").contains($0) } && Set(word.utf8).count >= 8
    }
}

extension String {
    /// Whether it has a line of base64, or a header of PEM or OpenPGP, after line ends and blanks, written out or as in
    /// JSON.
    fileprivate var beginsLikeAKey: Bool {
        prefixMatch(of: #/(?:\s|\\[nrt]|["'+,\\#])*(?:[A-Za-z0-9+\/=]{40,}|[A-Z][A-Za-z-]+: )/#) != nil
    }
}
