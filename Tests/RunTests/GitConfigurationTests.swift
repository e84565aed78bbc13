// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage
import Testing

@Suite("git's configuration and index, compared with git")
struct GitConfigurationTests {
    /// Compared with `git config --list`.
    @Test(
        "Every syntax that git accepts",
        arguments: [
            "[core]\n\tfsmonitor = true\n", "[core] fsmonitor = x\n", "[CoRe]\nFSmonitor=x",
            "[core]\r\nfsmonitor = x\r\n",
            "\u{feff}[core]\na = b\n", "[a]b\n", "[a]b=\n", "[a \"B c\"]\nd = e\n", "[a \"b\\\"c\\\\d\\e\"]f = g\n",
            "[a.B]\nc = d\n", "[a]\nb = \"x # y\" ; z\n", "[a]\nb = x # y\n", "[a]\nb = x;y\n",
            "[a]\nb = \"  x  \"  \n",
            "[a]\nb = x \\\n  y\n", "[a]\nb = x\\\ny\n", "[a]\nb = \"x\\\ny\"\n", "[a]\nb = \\t\\n\\b\\\\\\\"\n",
            "[a]\nb = a \"b\" c\n", "[a] # x\nb = 1\n", "# x \\\n[a]\nb = 1\n", "[a]\n; x\nb = 1\nb = 2\n",
            "[a]\n  b  =  c  d\n",
            "[a \"\"]\nb = c\n", "[a]\nb = c\n[d]\ne = f", "[a]\nb-c2 = d\n", "[include]\npath = /nonexistent\n",
            "[a \"x\"] b = c\n[a]d=e", "", "\n\n", "[a]\nb = \"\"\n", "[a]\nb = x\"\"y\n", "[a]\nb=ü\n",
        ])
    func oracle(text: String) throws {
        try Fixture.directory { directory in
            let file = directory.appending("config")
            try Files.write(Array(text.utf8), to: file)
            let listed = try Fixture.shell("git config --null --list --no-includes --file \"$1\"", file.string)
            let expected = listed.split(separator: "\0", omittingEmptySubsequences: true).map(String.init)
            let read = GitConfiguration(Array(text.utf8))
            #expect(read.entries.map { entry in entry.value.map { "\(entry.key)\n\($0)" } ?? entry.key } == expected)
            #expect(!read.isMalformed)
        }
    }

    @Test(
        "An invalid line does not hide other variables",
        arguments: [
            "[core\nfsmonitor = x\n[core]\npager = y\n", "=\n[core]\npager = y\n", "[core]\n1 = 2\npager = y\n",
            "[core]\na b\npager = y", "[core]\na = \"b\npager = y", "[core]\na = \\q\npager = y",
            "[a \"b]\n[core]\npager = y",
            "[a \"b\"x]\n[core]\npager = y",
        ])
    func malformed(text: String) {
        let read = GitConfiguration(Array(text.utf8))
        #expect(read.isMalformed)
        #expect(read.executing == ["core.pager"])
    }

    @Test(
        "Variables that git executes or follows",
        arguments: [
            ("[core]\nfsmonitor = ./x", ["core.fsmonitor"]), ("[core]\nfsmonitor = true", []),
            ("[core]\nfsmonitor", []),
            (
                "[core]\nhooksPath = x\nsshCommand = y\nworktree = /",
                ["core.hookspath", "core.sshcommand", "core.worktree"]
            ),
            ("[filter \"a\"]\nclean = x\nrequired = true", ["filter.a.clean"]),
            ("[diff \"a\"]\ntextconv = x", ["diff.a.textconv"]),
            ("[alias]\na = !x\nb = log\nc = -c core.pager=x log", ["alias.a", "alias.c"]),
            ("[pager]\nlog = x\ndiff = false", ["pager.log"]),
            ("[include]\npath = x\n[includeIf \"gitdir:/\"]\npath = y", ["include.path", "includeif.gitdir:/.path"]),
            ("[credential]\nhelper = x\n[credential \"https://a\"]\nhelper =", ["credential.helper"]),
            ("[remote \"o\"]\nurl = ext::sh -c x\nfetch = y", ["remote.o.url"]),
            ("[remote \"o\"]\nurl = https://a", []),
            ("[url \"ext::x\"]\ninsteadOf = https://", ["url.ext::x.insteadof"]),
            ("[submodule \"a\"]\nupdate = !x", ["submodule.a.update"]),
            ("[gpg \"ssh\"]\nprogram = x\n[gpg]\nprogram = y", ["gpg.ssh.program", "gpg.program"]),
            ("[user]\nname = x", []),
            ("[protocol \"ext\"]\nallow = always", ["protocol.ext.allow"]),
            ("[merge \"a\"]\ndriver = x\nname = y", ["merge.a.driver"]),
        ])
    func executing(text: String, keys: [String]) {
        #expect(GitConfiguration(Array(text.utf8)).executing == keys)
    }

    @Test("Gitlinks of an index in every version", arguments: [2, 3, 4])
    func index(version: Int) throws {
        try Fixture.directory { directory in
            let script = """
                export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b; cd "$1"
                git init -q .; git config index.version $2; mkdir -p a/b; touch a/b/one a/b/two a/x later
                for name in a/link zlink; do git init -q $name; git -C $name commit -q --allow-empty -m x; done
                git add a/b/one a/b/two a/x a/link zlink 2>&-; [ $2 != 3 ] || git add --intent-to-add later
                """
            try Fixture.shell(script, directory.string, "\(version)")
            let bytes = try Files.read(directory.pushing(".git/index"), limit: GitIndex.limit)
            #expect(bytes[7] == UInt8(version))
            let index = GitIndex(bytes)
            #expect(!index.isMalformed)
            #expect(index.gitlinks.map { String(decoding: $0, as: UTF8.self) } == ["a/link", "zlink"])
            try Fixture.shell(
                "cd \"$1\"; git update-index --split-index; git rm -q --cached later 2>&- || :", directory.string)
            let review = GitWorktreeReview(try ContainerTree(directory))
            #expect(review.index?.gitlinks == [Array("a/link".utf8), Array("zlink".utf8)])
            // After the NUL of a path that is shorter than its flags state, another entry is hidden from a parser that
            // stops at the NUL.
            if version != 4, let start = bytes.firstRange(of: Array("a/b/one\0".utf8))?.lowerBound {
                var hidden = bytes
                hidden[start - 1] += 8
                #expect(GitIndex(hidden).isMalformed)
            }
            for cut in stride(from: 0, to: bytes.count - 1, by: 7) { _ = GitIndex(Array(bytes[..<cut])) }
        }
    }

    @Test("An index whose entries git would read otherwise in several threads is malformed", arguments: [2, 4])
    func blocks(version: Int) throws {
        try Fixture.directory { directory in
            let script = """
                cd "$1"; git init -q .; git config index.version $2; for i in $(seq 300); do : > file$i; done; git add .
                git -c index.threads=3 -c index.recordOffsetTable=true -c index.recordEndOfIndexEntries=true \
                    update-index --force-write-index
                """
            try Fixture.shell(script, directory.string, "\(version)")
            let bytes = try Files.read(directory.pushing(".git/index"), limit: GitIndex.limit)
            #expect(!GitIndex(bytes).isMalformed)
            for name in ["IEOT", "EOIE"] {
                let start = try #require(bytes.firstRange(of: Array(name.utf8))?.lowerBound)
                // The offset's last byte, after the name, the length and the version of the blocks.
                let offset = start + 8 + (name == "IEOT" ? 7 : 3)
                var other = bytes
                other[offset] ^= 8
                #expect(GitIndex(other).isMalformed, "\(name)")
            }
        }
    }

    @Test("Entries of a split index that replace those of the shared file", arguments: [2, 3, 4])
    func split(version: Int) throws {
        try Fixture.directory { directory in
            let script = """
                export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b; cd "$1"
                git init -q .; git config index.version $2; git config splitIndex.maxPercentChange 100
                for n in $(seq 300); do echo $n > file$n; done; git add .; git init -q nest
                git -C nest commit -q --allow-empty -m x; blob=$(git rev-parse :file1)
                git update-index --add --cacheinfo 100644,$blob,nest; git update-index --split-index
                git update-index --cacheinfo 160000,$(git -C nest rev-parse HEAD),nest
                git update-index --skip-worktree file17 file299; git update-index --assume-unchanged file200
                git ls-files -s nest; git ls-files -t file17 file299 | cut -d ' ' -f 1
                """
            #expect(try Fixture.shell(script, directory.string, "\(version)").hasPrefix("160000"))
            let bytes = try Files.read(directory.pushing(".git/index"), limit: GitIndex.limit)
            let split = GitIndex(bytes)
            #expect(split.shared != nil && !split.isMalformed && split.gitlinks.isEmpty)
            let index = try #require(GitWorktreeReview(try ContainerTree(directory)).index)
            #expect(index.gitlinks == [Array("nest".utf8)])
            #expect(Set(index.hidden) == Set(["file17", "file200", "file299"].map { Array($0.utf8) }))
            for cut in stride(from: 0, to: bytes.count - 1, by: 3) { _ = GitIndex(Array(bytes[..<cut])) }
            for place in bytes.indices.suffix(120) {
                var broken = bytes
                broken[place] ^= 0x41
                _ = GitIndex(broken)
            }
        }
    }

    @Test(
        "Reading a further configuration counts as executing more",
        arguments: [("worktreeConfig = true", true), ("worktreeConfig", true), ("worktreeConfig = false", false)])
    func worktreeConfiguration(line: String, executes: Bool) {
        #expect(GitConfiguration(Array("[extensions]\n\t\(line)\n".utf8)).executing.isEmpty != executes)
    }
}
