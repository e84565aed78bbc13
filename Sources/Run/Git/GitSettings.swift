// SPDX-License-Identifier: Apache-2.0

/// The author of commits, from the caller's own git.
package struct GitIdentity: Hashable, Sendable {
    /// `user.name`.
    package var name: String?
    /// `user.email`.
    package var email: String?

    /// Creates an identity.
    package init(name: String? = nil, email: String? = nil) {
        self.name = name
        self.email = email
    }

    /// Parses the output of `git config --global --includes --null --get-regexp`: name, newline, value, NUL. As in git,
    /// the last value of a name counts.
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

/// The system-wide git configuration that a container gets: the caller's settings, safe directories, the author, and the
/// credential helpers.
package struct GitSettings: Hashable, Sendable {
    /// Where the file is in the container.
    package let place: GitSettingsPlace
    /// The variables of the caller's that apply in a container.
    package var caller: CallerGitSettings?
    /// The file with patterns of the caller's for ignored files, as a path in the container.
    package var excludesFile: String?
    /// Directories that may have another owner (git-config(1), `safe.directory`); never `*`.
    package var safeDirectories: [String]
    /// The author of commits.
    package var identity: GitIdentity
    /// The servers and the files with their tokens, as paths in the container.
    package var tokens: [TokenPlace]

    /// Creates settings.
    package init(
        at place: GitSettingsPlace = .included, safeDirectories: [String], identity: GitIdentity = GitIdentity(),
        tokens: [TokenPlace] = []
    ) {
        self.place = place
        self.safeDirectories = safeDirectories
        self.identity = identity
        self.tokens = tokens
    }

    /// The text of the file.
    package var text: String {
        var lines = (place == .whole ? ["[init]", "\tdefaultBranch = main"] : []) + (caller?.text ?? [])
        if let excludesFile { lines += ["[core]", "\texcludesFile = \(Self.quote(excludesFile))"] }
        lines += ["[safe]"]
        lines += safeDirectories.map { "\tdirectory = \(Self.quote($0))" }
        let user = [("name", identity.name), ("email", identity.email)].compactMap { key, value in
            value.map { "\t\(key) = \(Self.quote($0))" }
        }
        if !user.isEmpty { lines += ["[user]"] + user }
        lines += tokens.flatMap(Self.helper)
        return lines.joined(separator: "\n") + "\n"
    }

    /// gitcredentials(7): an empty helper resets the previous ones. The token is read when it is needed, by the user.
    private static func helper(_ token: TokenPlace) -> [String] {
        let script =
            "!f() { test \"$1\" = get || exit 0; printf 'username=%s\\npassword=%s\\n' \(token.userName) "
            + "\"$(cat \(token.file))\"; }; f"
        return ["[credential \(quote(token.address))]", "\thelper =", "\thelper = \(quote(script))"]
    }

    /// A quoted value (git-config(1), "Values").
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

/// The place of a container's git configuration.
package enum GitSettingsPlace: Hashable, Sendable {
    /// A file that the image's own `/etc/gitconfig` includes.
    case included
    /// `/etc/gitconfig` itself, in place of the image's.
    case whole

    /// The place in an image with these labels: an image says with a label that its `/etc/gitconfig` includes the file.
    package init(labels: [String: String]) {
        self = labels["opencode-docker.git-include"] == Self.included.target ? .included : .whole
    }

    /// The path in the container.
    package var target: String {
        switch self {
        case .included: "/run/opencode-gitconfig"
        case .whole: "/etc/gitconfig"
        }
    }
}

/// A token's file and its server.
package struct TokenPlace: Hashable, Sendable {
    /// The server, `https://github.com`.
    package let address: String
    /// The user name that the server expects with a token.
    let userName: String
    /// The path of the file in the container.
    package let file: String

    /// Creates a place.
    package init(address: String, userName: String, file: String) {
        self.address = address
        self.userName = userName
        self.file = file
    }
}
