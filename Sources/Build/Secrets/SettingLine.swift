// SPDX-License-Identifier: Apache-2.0

/// A line of a configuration file that may set a secret.
struct SettingLine {
    private let text: String

    init(_ bytes: ArraySlice<UInt8>) {
        // Longer lines are not written by hand.
        text = String(decoding: bytes.prefix(1024), as: UTF8.self).trimmed
    }

    /// Lower-case marks, one of which is in every line with a secret: searched before the line is parsed.
    static let marks = [
        "pass", "secret", "salt", "_key", "-key", "apikey", "token", "cookie", "pw", "identified by", "://", "{ssha",
        "e1ntsef",
        "privatekey", "presharedkey", "psk", "bearer", "{pbkdf2", "$y$", "$1$", "$5$", "$6$", "$2", "$apr1$", "$argon2",
    ]

    /// The kind of secret that the line sets; nil for none and for comments.
    var secret: SecretKind? {
        guard isSetting, !["#", ";", "//", "*", "--"].contains(where: text.hasPrefix) else { return nil }
        if isHash { return .passwordHash }
        if isSharedKey { return .sharedKey }
        return values.contains(where: \.isRandom) ? .password : nil
    }

    /// Whether the line can be split into name and value: base64 has only letters, digits and `+/=`.
    private var isSetting: Bool {
        text.utf8.dropLast().contains { " \t=:,'\"<$".utf8.contains($0) }
    }

    private func has(_ character: Character) -> Bool { text.utf8.contains { $0 == character.asciiValue } }

    /// Whether it has a hash of crypt(5), of OpenLDAP's `{SSHA}` (also in base64, as in LDIF) or of Apache.
    private var isHash: Bool {
        guard has("$") || has("{") || has(":") else { return false }
        return text.contains(#/\$(?:1|5|6|y|2[aby]|apr1|argon2id?)\$[.\/A-Za-z0-9$=,+]{20,}/#)
            || text.contains(#/\{(?:SSHA|PBKDF2)[^}]*\}[A-Za-z0-9+\/=$.]{20,}/#)
            || text.contains(#/:: *e1NTSEF[A-Za-z0-9+\/=]{20,}/#)
    }

    /// `secret "base64";` (BIND), `secret: base64` (NSD, Knot).
    private var isSharedKey: Bool {
        guard let match = text.firstMatch(of: #/^secret(?:\s+|:\s*)"?([A-Za-z0-9+\/]{16,}={0,2})"?;?$/#) else {
            return false
        }
        return String(match.1).isRandom
    }

    /// The values of settings with such names, in all supported notations.
    private var values: [String] {
        let pairs = quoted + [assigned(in: text), spaced, element, login].compactMap(\.self)
        return pairs.filter { Self.isSecret($0.name) }.map(\.value) + inAddress + bearers
    }

    private typealias Pair = (name: String, value: String)

    /// `'name' => 'value'`, `name = "value";`, `define('NAME', 'value')`, `IDENTIFIED BY 'value'`.
    private var quoted: [Pair] {
        guard has("'") || has("\"") else { return [] }
        let single = #/([A-Za-z0-9_.-]+)['"\])]*\s*(?:=>?|:=?|,|\s)\s*'((?:[^'\\]|\\.)*)'/#
        let double = #/([A-Za-z0-9_.-]+)['"\])]*\s*(?:=>?|:=?|,|\s)\s*"((?:[^"\\]|\\.)*)"/#
        return (text.matches(of: single) + text.matches(of: double)).map { (String($0.1), String($0.2)) }
    }

    /// `name=value`, `name: value`: one word, followed at most by a comment.
    private func assigned(in text: String) -> Pair? {
        let setting = #/([A-Za-z0-9_.-]+)['"\])]*\s*(?:=>?|:=?)\s*([^\s'"]\S*?)[;,]*(?:\s+(?:#|;|\/\/).*)?$/#
        guard text.utf8.contains(where: { "=:".utf8.contains($0) }), let match = text.firstMatch(of: setting) else {
            return nil
        }
        let (name, value) = (String(match.1), String(match.2))
        // `Environment=PASSWORD=value`.
        return Self.isSecret(name) ? (name, value) : assigned(in: value)
    }

    /// `name value`.
    private var spaced: Pair? {
        guard let match = text.wholeMatch(of: #/([A-Za-z0-9_.-]+)\s+([^\s'"=:]\S*?)[;,]*/#) else { return nil }
        return (String(match.1), String(match.2))
    }

    /// `machine HOST login USER password VALUE` (curl(1), `--netrc`).
    private var login: Pair? {
        guard let match = text.firstMatch(of: #/^(?:machine\s+\S+|default)\s(?:.*\s)?(password)\s+(\S+)/#) else {
            return nil
        }
        return (String(match.1), String(match.2))
    }

    /// `<name>value</name>`.
    private var element: Pair? {
        guard has("<"), let match = text.firstMatch(of: #/<([A-Za-z0-9_.:-]+)>([^<\s]+)<\//#) else { return nil }
        return (String(match.1), String(match.2))
    }

    /// The password of `scheme://user:password@host`.
    private var inAddress: [String] {
        text.matches(of: #/:\/\/[^:\/@\s]*:([^@\/\s]+)@/#).map { String($0.1) }
    }

    /// The token of `Authorization: Bearer TOKEN` (RFC 6750, 2.1).
    private var bearers: [String] {
        text.matches(of: #/[Bb]earer\s+([A-Za-z0-9._~+\/-]{16,}=*)/#).map { String($0.1) }
    }

    /// Whether a setting's name ends like the name of a secret, whatever precedes it; `by` is SQL's `IDENTIFIED BY`.
    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return endings.contains(where: name.hasSuffix) || name == "by"
    }

    private static let endings =
        [
            "privatekey", "presharedkey", "psk", "password", "passwd", "passphrase", "pass", "pwd", "pw", "secret",
            "salt", "token", "cookie", "apikey",
            "secret_key_base",
        ]
        + ["_key", "-key", ".key"].flatMap { end in
            [
                "access", "api", "app", "auth", "cookie", "crypt", "crypto", "des", "encryption", "hash", "hmac", "in",
                "master",
                "nonce", "private", "secret", "session", "shared", "signing",
            ].map { $0 + end }
        }
}
