// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage
import Testing

@Suite("Links of the caller that lead into a project")
struct CallerLinksTests {
    /// The report of a run that does `during` in the project `p`, which `before` created next to the home `h`.
    ///
    /// - Parameter settings: The caller's git variables; `@` is the parent directory of both.
    private func run(_ before: String, _ during: String, settings: [(key: String, value: String)]) throws
        -> ChangeReport
    {
        try Fixture.directory { directory in
            let setUp = "\(GuardFixture.setUp)\nmkdir -p ../h/.config dots mk; cd ..; \(before)"
            try Fixture.shell(setUp, directory.string)
            usleep(30_000)
            let listing = settings.map { "\($0.key)\n\($0.value.replacing("@", with: directory.string))\0" }.joined()
            let rules = RepositoryRules(
                protected: ProtectedPaths(home: "/no"), home: directory.appending("h"),
                settings: GitConfiguration.Entry.entries(listing: Array(listing.utf8)))
            let project = directory.appending("p")
            let guarding = try GitGuard(try GuardFixture.trees(project), rules: rules)
            let start = Moment(before: Fixture.moment())
            usleep(20_000)
            let baseline = ReportBaseline(project, workTrees: guarding.workTrees, rules: rules)
            let report = {
                ChangeReport(
                    project, since: start, repositories: guarding.repositories, workTrees: guarding.workTrees,
                    rules: rules, directories: guarding.directories[0] ?? [:], complete: guarding.complete,
                    baseline: baseline)
            }
            let quiet = report()
            #expect(quiet.isEmpty && quiet.unclear == 0, "\(before): \(quiet)")
            let identity = "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b"
            try Fixture.shell("\(identity); cd \"$1/p\"; \(during)", directory.string)
            return report()
        }
    }

    @Test(
        "A hook is reported where git works in its own directory, and where core.worktree leads",
        arguments: [
            ("git config core.hooksPath hk", "mkdir .git/hk; touch .git/hk/post-receive", ".git/hk/post-receive"),
            (
                "mkdir -p files/hk; git config core.worktree ../files; git config core.hooksPath hk",
                "touch files/hk/pre-commit", "files/hk/pre-commit"
            ),
        ])
    func hooksElsewhere(before: String, during: String, place: String) throws {
        let found = try run("cd p; \(before)", during, settings: [])
        #expect((found.executed.first + found.followed.first).contains { $0.hasPrefix(place) }, "\(found)")
    }

    @Test(
        "A git file that such a link leads to is reported, also when it did not exist",
        arguments: [
            ("ln -s @/p/dots/nope h/.gitconfig", "touch dots/nope", "include.path", "@/h/.gitconfig", "dots/nope"),
            (
                "mkdir p/dots/git; ln -s @/p/dots/git h/.config/git", "touch dots/git/config", "include.path",
                "@/h/.config/git/config", "dots/git/config"
            ),
            (
                "rm -r h/.config; ln -s ../p/dots h/.config", "mkdir dots/git; touch dots/git/config", "include.path",
                "@/h/.config/git/config", "dots/git/config"
            ),
            (
                "rm -r h/.config; ln -s ../p/dots h/.config; mkdir p/g; touch p/g/config", "mv g dots/git",
                "include.path",
                "@/h/.config/git/config", "dots/git/config"
            ),
            (
                "touch p/dots/a p/dots/b; ln -s dots/a p/cfg; ln -s ../p/cfg h/.gitconfig", "ln -sfn dots/b cfg",
                "include.path", "@/h/.gitconfig", "cfg"
            ),
            (
                "touch p/dots/a p/dots/b; ln -s @/p/dots/a p/cfg; ln -s ../p/cfg h/.gitconfig",
                "ln -sfn $PWD/dots/b cfg",
                "include.path", "@/h/.gitconfig", "cfg"
            ),
            (
                "mkdir p/d2; touch p/dots/a p/d2/a; ln -s dots p/dl; ln -s ../p/dl/a h/.gitconfig", "ln -sfn d2 dl",
                "include.path", "@/h/.gitconfig", "dl/a"
            ),
            (
                "ln -s ../../p/dots h/.config/git", "touch dots/attributes", "core.attributesfile",
                "@/h/.config/git/attributes", "dots/attributes"
            ),
            ("ln -s @/p/dots h/d", "touch dots/ssh", "core.sshcommand", "~/d/ssh -v", "dots/ssh"),
            ("ln -s @/p/dots h/d", "touch dots/q", "alias.zz", "!sh \"$HOME/d/q\"", "dots/q"),
            ("ln -s @/p/dots h/d", "touch dots/q", "alias.zz", "!sh ~/d/q", "dots/q"),
            (
                "mkdir hooks p/s p/s2; touch p/s/x p/s2/x; ln -s ../p/s/x hooks/pre-push", "mv s s3; mv s2 s",
                "core.hookspath", "@/hooks", "s/x"
            ),
        ])
    func named(before: String, during: String, key: String, value: String, place: String) throws {
        let script = before.replacing("@", with: "$PWD")
        let found = try run(script, during, settings: [(key, value)]).executed.first
        #expect(found.contains { $0.hasPrefix("\(place)  (executed or read by git: \(key)") }, "\(found)")
    }

    @Test(
        "A link of the caller that leaves the project again, or dangles, is not reported on every run",
        arguments: [
            "ln -s $PWD/conf p/cfg; touch conf", "ln -s dots/none p/cfg", "ln -s none/x p/cfg",
        ])
    func quiet(before: String) throws {
        let found = try run(
            "ln -s ../p/cfg h/.gitconfig; \(before)", "true", settings: [("include.path", "@/h/.gitconfig")])
        #expect(found.isEmpty)
    }

    @Test("A file that git only reads is not reported as executed")
    func excludes() throws {
        let found = try run(
            "ln -s ../../p/dots h/.config/git", "echo x > dots/ignore",
            settings: [("core.excludesfile", "@/h/.config/git/ignore")])
        #expect(found.followed.first == ["dots/ignore  (it hides files from `git status`: core.excludesfile)"])
        #expect(found.executed.isEmpty)
    }

    @Test("A file that a commit of another branch adds")
    func tracked() throws {
        let found = try run(
            "ln -s ../../p/dots h/.config/git",
            "git checkout -q -b o; touch dots/config; git add .; git commit -q -m y; git checkout -q master || git checkout -q main",
            settings: [("include.path", "@/h/.config/git/config")])
        #expect(
            found.followed.first.contains { $0.hasPrefix("dots/config  (include.path names it and nothing is there") },
            "\(found.followed.first)")
    }

    @Test(
        "A hook that is a link into the work tree is reported with its target",
        arguments: [
            ("ln -s ../../scripts/x p/.git/hooks/pre-commit", "mv scripts s3; mv s2 scripts", "scripts/x"),
            ("ln -s $PWD/p/scripts/x p/.git/hooks/pre-commit", "mv scripts s3; mv s2 scripts", "scripts/x"),
            ("ln -s ../../l/x p/.git/hooks/pre-commit; ln -s scripts p/l", "ln -sfn s2 l", "l/x"),
            ("ln -s ../../scripts/x p/.git/hooks/pre-commit", "echo >> scripts/x", "scripts/x"),
            (
                "git init -q p/n; ln -s ../../scripts/x p/n/.git/hooks/pre-commit; cp -r p/scripts p/s2 p/n",
                "cd n; mv scripts s3; mv s2 scripts", "n/scripts/x"
            ),
        ])
    func hooks(before: String, during: String, place: String) throws {
        let found = try run("mkdir p/scripts p/s2; touch p/scripts/x p/s2/x; \(before)", during, settings: [])
        #expect(
            found.executed.first.contains { $0.hasPrefix("\(place)  (executed or read by git: hooks/pre-commit") },
            "\(found.executed.first)")
    }

    @Test(
        "An older link at the path of a file that the host executes, with a changed target",
        arguments: [
            (
                "mkdir a b; touch a/tasks.json b/tasks.json; ln -s a cfg; ln -s cfg .vscode", "rm cfg; ln -s b cfg",
                ".vscode"
            ),
            ("mkdir a b; touch a/envrc b/envrc; ln -s a cfg; ln -s cfg/envrc .envrc", "ln -sfn b cfg", ".envrc"),
            ("mkdir m2; touch mk/M m2/M; ln -s mk/M Makefile", "mv mk m3; mv m2 mk", "Makefile"),
            ("mkdir m2; touch mk/M m2/M; ln -s $PWD/mk/M Makefile", "mv mk m3; mv m2 mk; touch mk", "Makefile"),
        ])
    func ways(before: String, during: String, place: String) throws {
        let found = try run("cd p; \(before)", during, settings: []).files.first
        #expect(found.contains { $0.hasPrefix("\(place)  (a link to '") }, "\(found)")
    }

    @Test("A link that leads out of the project after its directory is moved")
    func outward() throws {
        let found = try run("cd p; mkdir -p a/b/c; ln -s ../../../e a/b/c/up", "mv a/b/c c", settings: [])
        #expect(found.outward.first == ["'c/up' to '../../../e'"])
        #expect(try run("cd p; mkdir -p a/b/c; ln -s ../e a/b/c/up", "mv a/b/c c", settings: []).outward.isEmpty)
    }
}
