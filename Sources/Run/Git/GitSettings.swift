// SPDX-License-Identifier: Apache-2.0

/// Who commits, as the caller's own git says.
package struct GitIdentity: Hashable, Sendable {
    /// `user.name`.
    package var name: String?
    /// `user.email`.
    package var email: String?

    /// An identity.
    package init(name: String? = nil, email: String? = nil) {
        self.name = name
        self.email = email
    }

    /// Reads what `git config --global --includes --null --get-regexp` writes: name, newline, value, NUL. The last one
    /// of a name is what git goes by.
    package init(listing bytes: [UInt8]) {
        self.init()
        for entry in bytes.split(separator: 0) {
            let text = String(decoding: entry, as: UTF8.self)
            guard let end = text.firstIndex(of: "\n") else { continue }
            let value = String(text[text.index(after: end)...])
            switch text[..<end].lowercased() {
            case "user.name": name = value
            case "user.email": email = value
            default: break
            }
        }
    }
}

/// The `/etc/gitconfig` of a container: the image's own settings, whose directory is safe, who commits, and what asks
/// for passwords.
package struct GitSettings: Hashable, Sendable {
    /// Directories whose owner may be somebody else (git-config(1), `safe.directory`); never `*`.
    package var safeDirectories: [String]
    /// Who commits.
    package var identity: GitIdentity
    /// Hosts and the files with their tokens, as the container sees them.
    package var tokens: [TokenPlace]

    /// Settings.
    package init(safeDirectories: [String], identity: GitIdentity = GitIdentity(), tokens: [TokenPlace] = []) {
        self.safeDirectories = safeDirectories
        self.identity = identity
        self.tokens = tokens
    }

    /// The file.
    package var text: String {
        var lines = ["[init]", "\tdefaultBranch = main", "[safe]"]
        lines += safeDirectories.map { "\tdirectory = \(Self.quote($0))" }
        let user = [("name", identity.name), ("email", identity.email)].compactMap { key, value in
            value.map { "\t\(key) = \(Self.quote($0))" }
        }
        if !user.isEmpty { lines += ["[user]"] + user }
        lines += tokens.flatMap(Self.helper)
        return lines.joined(separator: "\n") + "\n"
    }

    /// gitcredentials(7): an empty helper forgets those before it. The token is read when it is needed, by the user.
    private static func helper(_ token: TokenPlace) -> [String] {
        let script =
            "!f() { test \"$1\" = get || exit 0; printf 'username=%s\\npassword=%s\\n' \(token.userName) "
            + "\"$(cat \(token.file))\"; }; f"
        return ["[credential \(quote(token.address))]", "\thelper =", "\thelper = \(quote(script))"]
    }

    /// A value as git-config(1), "Values", has it.
    static func quote(_ value: String) -> String {
        let escaped = value.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            case "\t": "\\t"
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}

/// A token's file, and whom the token is for.
package struct TokenPlace: Hashable, Sendable {
    /// The server, `https://github.com`.
    package let address: String
    /// What it wants as user name beside a token.
    let userName: String
    /// The file as the container sees it.
    package let file: String

    /// A place.
    package init(address: String, userName: String, file: String) {
        self.address = address
        self.userName = userName
        self.file = file
    }
}
