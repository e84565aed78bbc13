// SPDX-License-Identifier: Apache-2.0

/// A line of a configuration file that may set a secret.
struct SettingLine {
    private let text: String

    init(_ bytes: ArraySlice<UInt8>) {
        // What is longer was not written to be read.
        text = String(decoding: bytes.prefix(1024), as: UTF8.self).trimmed
    }

    /// What it sets, if anything; a comment sets nothing.
    var secret: SecretKind? {
        guard !["#", ";", "//", "*", "--"].contains(where: text.hasPrefix) else { return nil }
        if isHash { return .passwordHash }
        if isSharedKey { return .sharedKey }
        return isPassword ? .password : nil
    }

    /// crypt(5), OpenLDAP's `{SSHA}` (also in base64, as LDIF has it) and Apache's.
    private var isHash: Bool {
        text.contains(#/\$(?:1|5|6|y|2[aby]|apr1|argon2id?)\$[.\/A-Za-z0-9$=,+]{20,}/#)
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

    /// `password = value`, in the many ways of writing it: the value looks random.
    private var isPassword: Bool {
        let setting =
            #/(?i)(?:password|passwd|passphrase|secret|des_key)['"\]]*\s*(?:=>?|:|,)\s*["']?([A-Za-z0-9+\/=_-]{8,})["']?[;,)]*$/#
        guard let match = text.firstMatch(of: setting) else { return false }
        return String(match.1).isRandom
    }
}

extension String {
    /// The same without blanks at both ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }) else { return "" }
        let last = lastIndex { !$0.isWhitespace } ?? first
        return String(self[first...last])
    }

    /// Whether a word looks as if it was drawn by lot: letters and digits mixed, not many of them twice, and no word of a language
    /// with a number behind it.
    var isRandom: Bool {
        let digits = filter(\.isNumber).count
        let distinct = Set(utf8).count
        guard digits >= 2, count >= 8, distinct * 3 >= min(count, 24) else { return false }
        // "changeme123": one change between letters and digits; random words have many.
        let changes = zip(self, dropFirst()).count { $0.isNumber != $1.isNumber }
        return changes >= 2
    }
}
