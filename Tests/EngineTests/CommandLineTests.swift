// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import SystemPackage
import Testing

@Suite("Output of Docker and Podman")
struct CommandLineTests {
    @Test(
        "Versions are parsed and compared",
        arguments: [
            ("20.10.24+dfsg1", "20.10.24"), ("28.2.2", "28.2.2"), ("5.0.0-dev", "5.0.0"), ("4.3", "4.3.0"),
            ("24", "24.0.0"), ("1.2.3.4", "1.2.3"), ("dev", nil), ("", nil), (".1", "1.0.0"),
        ] as [(String, String?)])
    func version(_ text: String, _ expected: String?) {
        #expect(EngineVersion(text)?.description == expected)
    }

    @Test("Versions are ordered numerically")
    func order() throws {
        let sorted = ["4.3", "4.10", "20.9", "20.10", "20.10.1"].compactMap { EngineVersion($0) }
        #expect(sorted.count == 5 && sorted.shuffled().sorted() == sorted)
    }

    @Test(
        "Error messages are recognized, or passed on without their prefixes",
        arguments: [
            ("Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?", .engineDown(.docker)),
            ("error during connect: Get \"http://x\": command [ssh] has exited", .engineDown(.docker)),
            ("failed to connect to the docker API at unix:///x", .engineDown(.docker)),
            (
                "permission denied while trying to connect to the Docker daemon socket at unix:///x: dial unix",
                .engineDenied(.docker)
            ),
            (
                "Got permission denied while trying to connect to the Docker daemon socket. Is the docker daemon running?",
                .engineDenied(.docker)
            ),
            (
                "docker: Error response from daemon: invalid mount config for type \"bind\": bind source path does not exist: /x.",
                .engineElsewhere(.docker)
            ),
            (
                #"Error: /usr/bin/slirp4netns failed: "open(\"/dev/net/tun\"): Permission denied\nchild failed(1)\n""#,
                .networkFailed(helper: "slirp4netns", reason: "this user may not open /dev/net/tun")
            ),
            ("write /x/layer.tar: no space left on device", .engineFull(.docker)),
            ("Error response from daemon: unexpected EOF\n", .inputTruncated(.docker)),
            ("note\ndocker: Error response from daemon: x.\nSee 'docker run --help'.\n", .engineFailed(.docker, "x")),
            ("Error: short-name \"x\" did not resolve", .engineFailed(.docker, "short-name \"x\" did not resolve")),
            (
                "#5 0.4 opencode-docker: x\n#5 0.4 opencode-docker error: the package x\nERROR: exit code: 1\n",
                .engineFailed(.docker, "the package x")
            ),
            (
                "Error: potentially insufficient UIDs or GIDs available in user namespace: Check /etc/subuid",
                SubordinateIDs.lack
            ),
            (
                #"Error: command required for rootless mode: exec: "newuidmap": executable file not found in $PATH"#,
                .missingTool("newuidmap", package: "uidmap", .noSuchFileOrDirectory)
            ),
            ("Error: runc: error setting rlimit type 7: operation not permitted: OCI", .openFilesRefused(.docker)),
            (" \n", .engineFailed(.docker, "it ended with status 9")),
        ] as [(String, EngineError)])
    func failure(_ said: String, _ expected: EngineError) {
        #expect(CommandLineFailure(.docker, status: 9, said: said).error == expected)
    }

    @Test("A successful call has no failure")
    func success() {
        let result = ProcessResult(status: 0, standardOutput: [], standardError: Array("Cannot connect to".utf8))
        #expect(CommandLineFailure(.docker, result) == nil)
    }

    private static let own = LauncherMark(machine: "m", boot: "b", space: "pid:[1]", process: 10, began: 100)

    @Test(
        "A container is an orphan only when its launcher has certainly ended",
        arguments: [
            ("m b pid:[1] 7 70", false), ("m b pid:[1] 7 71", true), ("m b pid:[1] 8 1", true),
            ("m b pid:[2] 8 1", false), ("m old pid:[2] 8 1", true), ("n old pid:[1] 8 1", false),
            ("- old pid:[1] 8 1", false),
        ])
    func orphan(_ text: String, _ isOrphan: Bool) throws {
        let mark = try #require(LauncherMark(text))
        #expect(mark.text == text)
        #expect(mark.isOrphan(seenBy: Self.own) { $0 == 7 ? 70 : nil } == isOrphan)
    }

    @Test("Other labels are not marks", arguments: ["", "m b s x 1", "m b s 1", "m b s 1 -1", "m b s 1 2 3"])
    func noMark(_ text: String) { #expect(LauncherMark(text) == nil) }

    @Test("The mark of this process is not an orphan")
    func own() throws {
        let mark = try LauncherMark.own()
        #expect(LauncherMark(mark.text) == mark)
        #expect(!mark.isOrphan(seenBy: mark))
        #expect(mark.began > 0)
    }

    @Test(
        "Words are quoted for a shell",
        arguments: [("a/b", "a/b"), ("", "''"), ("a b", "'a b'"), ("it's", "'it'\\''s'")])
    func word(_ word: String, _ quoted: String) { #expect(ShellWord.quote(word) == quoted) }

    @Test("build has an ID file and no network")
    func build() {
        let words = EngineArguments(.podman).build(tags: ["a:1", "b"], platform: "linux/arm64", idFile: "/id")
        let expected = """
            build --network none --iidfile /id --format docker --layers=false --identity-label=false --quiet --platform \
            linux/arm64 --tag a:1 --tag b -
            """
        #expect(words.joined(separator: " ") == expected)
    }
}
