// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The string without whitespace at both ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }) else { return "" }
        let last = lastIndex { !$0.isWhitespace } ?? first
        return String(self[first...last])
    }

    /// Whether a word of eight characters or more looks randomly generated: it mixes cases or letters and digits, or
    /// has punctuation, and is not a name, a path, a reference or an example password.
    var isRandom: Bool {
        guard utf8.count >= 8, Set(utf8).count >= 5, !contains(where: \.isWhitespace) else { return false }
        return !isPath && !isReference && !isName && !Self.defaults.contains(lowercased().filter(\.isLetter))
            && !Self.algorithms.contains(lowercased())
    }

    /// Whether it consists of words between separators, each optionally followed by a number (`pam_unix.so`,
    /// `127.0.0.1:8080`, `CONFDIR/exim.key`), or in camel case (`systemDefault`).
    private var isName: Bool {
        let parts = split { "-_.:,@+~/".contains($0) }
        guard parts.count > 1 else {
            return wholeMatch(of: #/[a-z]*(?:[A-Z][a-z]{3,})*|[A-Z]+|[0-9]+/#) != nil
        }
        return parts.allSatisfy { $0.wholeMatch(of: #/(?:[A-Z]?[a-z]+|[A-Z]+)[0-9]{0,3}|[0-9]{1,4}/#) != nil }
    }

    private var isPath: Bool {
        let roots = #/\/(?:bin|dev|etc|home|lib|media|mnt|opt|proc|root|run|s?bin|srv|sys|tmp|usr|var)(?:\/.*)?/#
        return wholeMatch(of: roots) != nil || ["./", "../", "~/", "*."].contains(where: hasPrefix) || contains("://")
    }

    /// Whether it is a variable (`${PASSWORD}`, `$this->pass`), a placeholder (`@PASSWORD@`, `<password>`, `%(pass)s`)
    /// or a call.
    private var isReference: Bool {
        wholeMatch(of: #/[$%&]\{[A-Za-z_].*|&[A-Za-z-]+/#) != nil
            || wholeMatch(of: #/\$\{?[A-Za-z_][A-Za-z0-9_]*(?:(?:->|\[['"]?|:?[-+?=])[^ ]*)?\}?/#) != nil
            || wholeMatch(of: #/\$\(.*\)|`.*`|@[A-Za-z_]+@|<[A-Za-z _-]+>|\{\{.*\}\}|%\(?[A-Za-z_]+\)?[s%]?/#) != nil
            || wholeMatch(of: #/[A-Za-z_][A-Za-z_.:]*(?:\(.*\)|\[[A-Za-z_'", ]*\]\)?)/#) != nil
    }

    /// The letters of common default passwords.
    private static let defaults: Set<String> = [
        "", "admin", "administrator", "changeit", "changeme", "default", "demo", "example", "guest", "letmein",
        "mypass",
        "mypassword", "mysecret", "pass", "passwd", "password", "passwordhere", "passwrd", "psswrd", "pssword",
        "qwerty", "root",
        "secret", "test", "testing", "user", "username", "welcome", "yourpassword", "yoursecret",
    ]

    /// Names of algorithms, which settings with such names contain.
    private static let algorithms: Set<String> = [
        "argon2i", "argon2id", "pbkdf2sha1", "pbkdf2sha256", "sha256crypt", "sha512crypt", "md5crypt", "aes128gcm",
        "aes256gcm",
        "x25519kyber768",
    ]
}
