// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Run
import SystemPackage
import Testing

@Suite("The caller's git configuration in a container")
struct CallerGitSettingsTests {
    /// The listing of a configuration file, as the caller's git prints it.
    private func listing(_ text: String, in directory: FilePath) throws -> [UInt8] {
        try Files.write(Array(text.utf8), to: directory.appending("global"))
        let variables = ["GIT_CONFIG_GLOBAL": directory.appending("global").string]
        return Array(
            try Fixture.shell("git config --includes --null --list", variables: variables).utf8)
    }

    @Test(
        "git in the container reads what does not depend on the host",
        arguments: [
            ("[pull]\nrebase = true", "pull.rebase=true"), ("[pull]\nrebase", "pull.rebase"),
            ("[init]\ndefaultBranch = trunk", "init.defaultbranch=trunk"),
            ("[merge]\nconflictStyle = zdiff3", "merge.conflictstyle=zdiff3"),
            ("[diff]\nalgorithm = patience\nalgorithm = histogram", "diff.algorithm=histogram"),
            ("[diff \"a\\\\ \\\"b\"]\nxfuncname = \"^x;\\\"\\\\\"", "diff.a\\ \"b.xfuncname=^x;\"\\"),
            ("[diff \"a\\\"\u{301}b\"]\nbinary = true", "diff.a\"\u{301}b.binary=true"),
            ("[alias]\nst = status -sb", "alias.st=status -sb"),
            ("[alias]\nlg = \"log --format='%h # %s'\"", "alias.lg=log --format='%h # %s'"),
            ("[color \"diff\"]\nmeta = yellow", "color.diff.meta=yellow"),
            ("[include]\npath = other", "rebase.autosquash=true"),
        ])
    func applied(text: String, expected: String) throws {
        try Fixture.directory { directory in
            try Files.write(Array("[rebase]\nautoSquash = true\n".utf8), to: directory.appending("other"))
            var settings = GitSettings(safeDirectories: ["/workspace"])
            settings.caller = CallerGitSettings(listing: try listing(text, in: directory))
            settings.excludesFile = "/run/x y"
            try Files.write(Array(settings.text.utf8), to: directory.appending("written"))
            let read = try Fixture.shell(
                "git config --list", variables: ["GIT_CONFIG_GLOBAL": directory.appending("written").string])
            #expect(read.split(separator: "\n").contains { $0 == expected }, "\(read)")
            #expect(read.contains("core.excludesfile=/run/x y\n") && read.contains("safe.directory=/workspace\n"))
        }
    }

    @Test(
        "Nothing of credentials, keys, programs and files of the host is among them",
        arguments: [
            "[alias]\nx = !sh -c id", "[alias]\nx = \" !id\"", "[alias]\nx = -c http.extraHeader=token log",
            "[alias]\nx", "[alias]\nx = \"  -c http.extraHeader=token fetch\"", "[alias]\nx = \"\\t!id\"",
            "[alias]\nx = push https://ada:token@h/x", "[alias]\nx = clone --config http.extraHeader=token",
            "[alias]\nx = submodule foreach id", "[alias]\nx = rebase --exec id", "[alias]\nx = !\u{301} id",
            "[alias]\nx = log --ext-diff '/bin/x'",
            "[credential]\nhelper = store", "[credential \"https://a\"]\nusername = x", "[user]\nsigningKey = /k",
            "[commit]\ngpgSign = true", "[tag]\ngpgSign = true", "[gpg]\nprogram = /x", "[gpg \"ssh\"]\nprogram = /x",
            "[core]\npager = delta", "[core]\neditor = code", "[core]\nsshCommand = ssh -i k", "[core]\nhooksPath = /h",
            "[core]\nexcludesFile = ~/x", "[core]\nattributesFile = ~/x", "[core]\nfsmonitor = x",
            "[core]\nworktree = /",
            "[diff]\nexternal = x", "[diff]\ntool = x", "[diff]\norderFile = /x", "[diff \"a\"]\ntextconv = x",
            "[diff \"a\"]\ncommand = x", "[merge]\ntool = x", "[merge \"a\"]\ndriver = x", "[mergetool \"a\"]\ncmd = x",
            "[difftool \"a\"]\npath = x", "[filter \"lfs\"]\nsmudge = x", "[http]\nextraHeader = token",
            "[http]\nproxy = http://u:p@x", "[url \"https://token@x\"]\ninsteadOf = x", "[include]\npath = other",
            "[sendemail]\nsmtpPass = x", "[init]\ntemplateDir = /x", "[commit]\ntemplate = /x", "[pager]\nlog = x",
            "[interactive]\ndiffFilter = x", "[blame]\nignoreRevsFile = x", "[safe]\ndirectory = *",
            "[merge]\nconflictStyle = \"a\u{1b}b\"", "[remote \"a\"]\nurl = x", "[github]\ntoken = x",
        ])
    func withheld(text: String) throws {
        try Fixture.directory { directory in
            let settings = CallerGitSettings(listing: try listing(text, in: directory))
            #expect(settings.entries.isEmpty, "\(settings.entries)")
        }
    }
}

@Suite("Signatures of commits")
struct CommitSigningTests {
    private static let blob: [UInt8] = [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 1, 7]
    private static let line = "ssh-ed25519 \(Data(blob).base64EncodedString()) me@x"

    private func signing(_ caller: String, _ repository: String) -> CommitSigning {
        CommitSigning(
            caller: GitConfiguration(Array(caller.utf8)).entries,
            repository: GitConfiguration(Array(repository.utf8)).entries)
    }

    @Test(
        "A warning names what a container without the key does",
        arguments: [
            ("", "", nil), ("[commit]\ngpgSign", "", "are unsigned."),
            ("[commit]\ngpgSign = true\n[gpg]\nformat = ssh", "", "forward your signing key"),
            ("", "[commit]\ngpgSign = yes", "fails there without `--no-gpg-sign`."),
            ("[commit]\ngpgSign = true", "[commit]\ngpgSign = false", nil), ("[tag]\ngpgSign = 1", "", "(tag.gpgSign)"),
            ("[user]\nsigningKey = x", "[gpg]\nformat = ssh", nil),
        ] as [(String, String, String?)])
    func warns(caller: String, repository: String, expected: String?) {
        let warning = signing(caller, repository).warning
        #expect((warning == nil) == (expected == nil), "\(warning ?? "")")
        if let expected { #expect(warning?.contains(expected) == true, "\(warning ?? "")") }
    }

    private static let named = "[commit]\ngpgSign = true\n[gpg]\nformat = ssh\n[user]\nsigningKey = "

    @Test(
        "The forwarded key signs when it is the signing key",
        arguments: [
            ("~/.ssh/k", true), ("~/.ssh/k.pub", true), ("/h/.ssh/k", true), ("\"key::\(line)\"", true),
            ("\"\(line)\"", true), ("/h/.ssh/other", false), ("\"key::ssh-ed25519 AAAA\"", false), ("", false),
            ("~/.ssh/k\n[commit]\ngpgSign = no", false), ("~/.ssh/k\n[gpg]\nformat = openpgp", false),
        ] as [(String, Bool)])
    func signs(key: String, isSigned: Bool) {
        let caller = Self.named + key
        var asked: [FilePath] = []
        let variables = signing(caller, "[user]\nname = x").variables(signingWith: Self.blob, home: "/h") { file in
            asked.append(file)
            return file == "/h/.ssh/k.pub" ? Array(Self.line.utf8) : nil
        }
        #expect((variables != nil) == isSigned)
        #expect(asked.allSatisfy { $0.string.hasSuffix(".pub") }, "\(asked)")
        #expect(signing(caller, "").variables(signingWith: nil, home: "/h") { _ in nil } == nil)
        guard let variables else { return }
        #expect(variables.first == "GIT_CONFIG_COUNT=4" && variables.contains("GIT_CONFIG_KEY_3=commit.gpgsign"))
        #expect(variables.contains { $0.hasSuffix("=key::\(Self.line.dropLast(5))") }, "\(variables)")
    }
}
