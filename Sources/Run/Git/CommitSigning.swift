// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage

/// Whether commits or tags of a repository are signed, and by which key (git-config(1): `commit.gpgSign`,
/// `tag.gpgSign`, `gpg.format`, `user.signingKey`).
package struct CommitSigning: Hashable, Sendable {
    /// The variables that are on, as git names them.
    private let wanted: [String]
    /// Whether the repository's own configuration turned one of them on.
    private let isRepositorys: Bool
    private let format: String
    private let key: String?

    /// - Parameters:
    ///   - caller: The variables of the caller's configuration.
    ///   - repository: Those of the repository's, which override them.
    package init(caller: [GitConfiguration.Entry], repository: [GitConfiguration.Entry]) {
        let last = { (name: String, entries: [GitConfiguration.Entry]) in entries.last { $0.key == name } }
        let all = caller + repository
        let names = ["commit.gpgsign", "tag.gpgsign"].filter { last($0, all).map(Self.isTrue) ?? false }
        wanted = names
        isRepositorys = names.contains { last($0, repository) != nil }
        format = last("gpg.format", all)?.value ?? "openpgp"
        key = last("user.signingkey", all)?.value
    }

    private static func isTrue(_ entry: GitConfiguration.Entry) -> Bool {
        !["", "false", "no", "off", "0"].contains(entry.value?.lowercased() ?? "true")
    }

    /// The variables by which git in a container signs with the forwarded key, if that is the signing key; they
    /// override the repository's configuration, which names files of the host.
    ///
    /// - Parameters:
    ///   - forwarded: The public key that is forwarded.
    ///   - home: The caller's home, for a path that begins with `~/`.
    ///   - read: Returns the content of a file of the caller.
    package func variables(
        signingWith forwarded: [UInt8]?, home: FilePath, read: (FilePath) -> [UInt8]?
    ) -> [String]? {
        guard !wanted.isEmpty, format == "ssh", let forwarded, let key,
            Self.blob(of: key, home: home, read: read) == forwarded, let type = Self.type(of: forwarded)
        else { return nil }
        let text = "key::\(type) \(Data(forwarded).base64EncodedString())"
        let settings =
            [("gpg.format", "ssh"), ("gpg.ssh.program", "ssh-keygen"), ("user.signingkey", text)]
            + wanted.map { ($0, "true") }
        return ["GIT_CONFIG_COUNT=\(settings.count)"]
            + settings.enumerated().flatMap { number, setting in
                ["GIT_CONFIG_KEY_\(number)=\(setting.0)", "GIT_CONFIG_VALUE_\(number)=\(setting.1)"]
            }
    }

    /// The consequence in a container that does not sign; `nil` when nothing is signed.
    package var warning: String? {
        guard let first = wanted.first else { return nil }
        let name = first == "commit.gpgsign" ? "commit.gpgSign" : "tag.gpgSign"
        let way = "forward your signing key (`--ssh agent --ssh-key NAME`)"
        let isForwardable = format == "ssh"
        return isRepositorys
            ? "The repository demands signatures (\(name)), and the container has no key for them: git fails there "
                + "without `--no-gpg-sign`\(isForwardable ? "; or \(way)" : "")."
            : "You sign what you commit (\(name)), and the container has no key for that: its commits are unsigned"
                + "\(isForwardable ? "; or \(way)" : "")."
    }

    /// The key in the value of `user.signingKey`: a literal, or a file, of which only the public half is read.
    private static func blob(of key: String, home: FilePath, read: (FilePath) -> [UInt8]?) -> [UInt8]? {
        if key.hasPrefix("key::") { return blob(inLine: String(key.dropFirst(5))) }
        if key.hasPrefix("ssh-") { return blob(inLine: key) }
        guard let place = IncludedConfiguration.place(Array(key.utf8), from: "/", home: home) else { return nil }
        let file = place.string.hasSuffix(".pub") ? place : FilePath(place.string + ".pub")
        return read(file).flatMap { blob(inLine: String(decoding: $0, as: UTF8.self)) }
    }

    /// The key in a line of a public key file (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"): type, base64, comment.
    package static func blob(inLine line: String) -> [UInt8]? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count > 1 else { return nil }
        return Data(base64Encoded: String(words[1])).map { Array($0) }
    }

    /// The type, which begins the key (RFC 4253, 6.6).
    private static func type(of blob: [UInt8]) -> String? {
        var reader = SSHReader(blob)
        guard let type = reader.string().map({ String(decoding: $0, as: UTF8.self) }), !type.isEmpty,
            type.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else { return nil }
        return type
    }
}

extension GitGuard {
    /// The variables of the configuration of the project's own repository; empty when it is not guarded.
    package var configuration: [GitConfiguration.Entry] {
        guard let (number, path) = held.first,
            let bytes = trees[number].tree.bytes(path.appending("config"), limit: GitConfiguration.limit)
        else { return [] }
        return GitConfiguration(bytes).entries
    }
}
