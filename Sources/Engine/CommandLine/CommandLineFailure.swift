// SPDX-License-Identifier: Apache-2.0

import Core

/// The meaning of a failed call of `docker` or `podman`. Both report failures only as text, which is parsed here; an
/// unrecognized message is passed on unchanged.
package struct CommandLineFailure: Hashable, Sendable {
    /// The corresponding error.
    package let error: EngineError

    /// The failure of a call; `nil` when the call succeeded.
    package init?(_ kind: EngineKind, _ result: ProcessResult) {
        guard result.status != 0 else { return nil }
        self.init(kind, status: result.status, said: String(decoding: result.standardError, as: UTF8.self))
    }

    /// The failure of a program that wrote `said` to its standard error.
    package init(_ kind: EngineKind, status: Int32, said: String) {
        let text = said.lowercased()
        let known = Self.meanings.first { meaning in meaning.signs.contains { text.contains($0) } }
        error = known?.error(kind) ?? .engineFailed(kind, Self.reason(said) ?? "it ended with status \(status)")
    }

    private struct Meaning: Sendable {
        let signs: [String]
        let error: @Sendable (EngineKind) -> EngineError
    }

    /// Messages of Docker 20.10 to 28, containerd, Podman 4 and 5. The specific ones come first: a permission error
    /// also mentions that the daemon cannot be reached.
    private static let meanings = [
        Meaning(
            signs: [
                "permission denied while trying to connect", "got permission denied", "dial unix: permission denied",
            ],
            error: { .engineDenied($0) }),
        Meaning(
            signs: [
                "cannot connect to the docker daemon", "failed to connect to the docker api",
                "is the docker daemon running",
                "error during connect", "cannot connect to podman", "unable to connect to podman",
            ], error: { .engineDown($0) }),
        Meaning(signs: ["no space left on device", "disk quota exceeded"], error: { .engineFull($0) }),
        Meaning(signs: ["unexpected eof", "connection reset by peer", "broken pipe"], error: { .inputTruncated($0) }),
        // The mount's source exists on this machine.
        Meaning(signs: ["bind source path does not exist"], error: { .engineElsewhere($0) }),
        Meaning(
            signs: [#"open("/dev/net/tun"): permission denied"#, #"open(\"/dev/net/tun\"): permission denied"#],
            error: { _ in .networkFailed(helper: "slirp4netns", reason: "this user may not open /dev/net/tun") }),
        Meaning(
            signs: [#"exec: "newuidmap""#, #"exec: \"newuidmap\""#],
            error: { _ in .missingTool("newuidmap", package: "uidmap", .noSuchFileOrDirectory) }),
        Meaning(
            signs: [
                "no subuid ranges found", "no subgid ranges found", "insufficient uids or gids",
                "not be enough ids available in the namespace", "using newuidmap",
            ],
            error: { _ in SubordinateIDs.lack }),
        Meaning(signs: ["setting rlimit type", "setrlimit `rlimit_"], error: { .openFilesRefused($0) }),
        Meaning(
            signs: ["exec format error"], error: { .notForEngine("programs of another architecture", $0) }),
    ]

    /// The prefix of the error messages of image/configure.
    private static let configureError = "opencode-docker error: "

    /// The last meaningful line, without the prefixes that every error has.
    static func reason(_ said: String) -> String? {
        let lines = said.split(whereSeparator: \.isNewline).map { $0.trimming(" .") }
        // Docker ends with a hint to read its help.
        let telling = lines.filter { !$0.isEmpty && !$0.hasPrefix("See 'docker") && !$0.hasPrefix("Run 'docker") }
        // The configure program's message is more specific than the engine's, which reports a failed command.
        if let own = lines.last(where: { $0.contains(configureError) }), let words = own.firstRange(of: configureError)
        {
            return String(own[words.upperBound...])
        }
        guard var line = telling.last else { return nil }
        for opening in ["docker: ", "Error response from daemon: ", "Error: ", "error: "] where line.hasPrefix(opening)
        {
            line = line.dropFirst(opening.count)
        }
        return String(line.prefix(500))
    }
}

extension Substring {
    fileprivate func trimming(_ characters: String) -> Substring {
        var text = drop { $0 == " " }
        while let last = text.last, characters.contains(last) { text = text.dropLast() }
        return text
    }
}
