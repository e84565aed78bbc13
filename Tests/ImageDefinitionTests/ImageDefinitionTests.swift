// SPDX-License-Identifier: Apache-2.0

import Core
import ImageDefinition
import SystemPackage
import Testing

/// The definition in `image/`, which the tests also modify.
private let imageFile: FilePath = {
    var path = FilePath(#filePath)
    for _ in 0..<3 { path.removeLastComponent() }
    return path.appending("image").appending("image.yaml")
}()

func imageText() throws -> String {
    String(decoding: try Files.read(imageFile, limit: 1 << 18), as: UTF8.self)
}

@Suite struct ImageDefinitionTests {
    @Test func ourOwn() throws {
        let image = try ImageDefinition.load(imageFile)
        #expect(image.name == "opencode-docker")
        #expect(image.codename == "bookworm")
        #expect(image.architectures == ["amd64", "arm64"])
        #expect(image.packages.first?.name == "base")
        #expect(image.packageNames.first == "usr-is-merged")
        let decided = """
            usr-is-merged locales git vim nano curl wget unzip zsh gnupg build-essential ca-certificates \
            openssh-client netcat-openbsd bind9-dnsutils jq yq ripgrep fd-find tmux htop bash-completion direnv gh \
            python3 python3-venv nodejs less procps tini s6 libnss-extrausers git-lfs psmisc lsof file tree \
            bsdextrautils xxd bc zip zstd rsync iproute2 pkg-config gettext-base strace python3-dev pipx \
            python-is-python3
            """
        #expect(image.packageNames.sorted() == decided.split(separator: " ").map(String.init).sorted())
        #expect(image.user == UserDefinition.expected)
        #expect(image.healthCheck.interval == 30 && image.healthCheck.timeout == 30)
        #expect(image.healthCheck.startPeriod == 30 && image.healthCheck.retries == 3)
        #expect(image.agent?.placement == .file(path: "/usr/local/bin/opencode", mode: 0o755))
        let artifact = try #require(image.agent?.artifacts["linux/amd64"])
        #expect(
            artifact.url
                == "https://github.com/anomalyco/opencode/releases/download/v1.18.21/opencode-linux-x64.tar.gz")
        #expect(artifact.url(version: "1.19.0").contains("/v1.19.0/"))
        #expect(artifact.sha256.hex.hasPrefix("d910c3ed"))
    }

    /// One changed line, and the expected error with the position of the mistake.
    @Test(
        arguments: [
            ("codename: bookworm", "codenmae: bookworm", "The key 'codenmae' is not known here.", "codename"),
            ("version: 1.0.0", "version: 1.0", "'1.0' cannot be 'version': it must be a version such as 1.2.3.", nil),
            (
                "codename: bookworm", "codename: stable",
                "'stable' cannot be 'debian.codename': it must be the name of a release that images are made of: "
                    + "bookworm or trixie.", nil
            ),
            ("codename: bookworm", "codename: trixi", "'trixi' cannot be 'debian.codename'", nil),
            ("  uid: 1000", "  uid: 0", "'0' cannot be 'user.uid': it must be a whole number from 1 to 65533.", nil),
            ("  uid: 1000", "  uid: 99999999999", "'99999999999' cannot be 'user.uid'", nil),
            ("  uid: 1000", "  uid: [1]", "'user.uid' must be one text.", nil),
            ("  uid: 1000", "  uidd: 1000", "The key 'uidd' is not known here.", "uid"),
            ("  home: /home/opencode", "  home: /home/../etc", "'/home/../etc' cannot be 'user.home'", nil),
            ("    - nano", "    - vim", "'vim' is in 'packages.editors' twice.", nil),
            ("    - git\n", "    - nano\n", "'nano' is in 'packages' twice.", nil),
            (
                "    - nano", "    - Nano", "'Nano' cannot be 'packages.editors': it must be a Debian package's name.",
                nil
            ),
            ("  mode: \"0755\"", "  mode: 755", "'755' cannot be 'agent.mode'", nil),
            ("    linux/arm64:", "    linux/arm46:", "The key 'linux/arm46' is not known here.", "linux/arm64"),
            ("  retries: 3\n\nbase", "\nbase", "The key 'health.retries' is missing.", nil),
            ("  opencode-docker.git-include:", "  org.opencontainers.image.title:", "cannot be 'labels'", nil),
            ("  LANG: en_US.UTF-8", "  LANG-X: a", "'LANG-X' cannot be 'environment'", nil),
            ("name: opencode-docker", "name: x\nname: opencode-docker", "the key 'name' occurs twice", nil),
            ("workdir: /workspace", "workdir: [", "This is not YAML", nil),
            ("workdir: /workspace", "workdir: \"a\\nb\"", "free of line breaks", nil),
        ] as [(String, String, String, String?)])
    func refuses(_ line: String, _ replacement: String, _ sentence: String, _ nearest: String?) throws {
        let text = try imageText()
        let range = try #require(text.firstRange(of: line))
        let changed = text.replacingCharacters(range, with: replacement)
        let error = try #require(throws: DefinitionError.self) {
            try ImageDefinition(parsing: changed, file: "image.yaml")
        }
        #expect(error.sentence.contains(sentence), "\(error.sentence)")
        #expect(error.sentence.hasPrefix("image.yaml:"))
        if let nearest { #expect(error.hint == "Did you mean '\(nearest)'?") }
        // Errors about a value are on the changed line; a missing key is reported where it should be.
        let expected = text[..<range.lowerBound].count { $0.isNewline } + 1
        if !sentence.contains("missing") && !sentence.contains("YAML") && !sentence.contains("occurs twice") {
            #expect(error.place?.line == expected, "\(error.sentence)")
        }
    }

    @Test(arguments: ["", "# nothing\n", "[]", "a", "a: b", "\u{0}", "- - -", "&a [*a]", "*a", "%", "\t", "? [x]"])
    func neverCrashes(_ text: String) {
        #expect(throws: DefinitionError.self) { try ImageDefinition(parsing: text, file: "f") }
    }

    @Test(arguments: ["[", "- ", "{a: "])
    func boundsDepth(_ opening: String) {
        let text = String(repeating: opening, count: 50_000)
        #expect(throws: DefinitionError.self) { try ImageDefinition(parsing: text, file: "f") }
    }

    @Test func inputsDigestIsAboutInputsOnly() throws {
        let text = try imageText()
        let digest = try ImageDefinition(parsing: text, file: "f").inputsDigest
        let same = [
            text.replacing("\n", with: "\r\n"), "# more\n" + text, text.replacing("  uid: 1000", with: "  uid: 1001"),
            text.replacing("[amd64, arm64]", with: "[arm64, amd64]"),
            text.replacing("    - vim\n    - nano", with: "    - nano\n    - vim"),
            text.replacing("\nversion: ", with: "\nversion: 9"),
        ]
        for text in same { #expect(try ImageDefinition(parsing: text, file: "f").inputsDigest == digest) }
        let other = [
            text.replacing("codename: bookworm", with: "codename: trixie"), text.replacing("    - nano\n", with: ""),
            text.replacing("version: 1.18.21", with: "version: 1.18.22"), text.replacing("d910c3ed", with: "d910c3ee"),
        ]
        for text in other { #expect(try ImageDefinition(parsing: text, file: "f").inputsDigest != digest) }
    }
}

extension UserDefinition {
    fileprivate static var expected: (String, UInt32, UInt32, String, String) {
        ("opencode", 1000, 1000, "/home/opencode", "/usr/bin/zsh")
    }

    fileprivate static func == (left: UserDefinition, right: (String, UInt32, UInt32, String, String)) -> Bool {
        (left.name, left.uid, left.gid, left.home, left.shell) == right
    }
}

extension String {
    fileprivate func replacingCharacters(_ range: Range<String.Index>, with text: String) -> String {
        "\(self[..<range.lowerBound])\(text)\(self[range.upperBound...])"
    }
}
