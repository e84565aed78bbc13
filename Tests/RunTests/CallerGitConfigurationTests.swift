// SPDX-License-Identifier: Apache-2.0

import Run
import SystemPackage
import Testing

@Suite("The caller's git configuration")
struct CallerGitConfigurationTests {
    private static let variables = [
        "PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "own.key",
        "GIT_CONFIG_VALUE_0": "value",
    ]

    /// The listing, and the name of the file on which git would wait.
    private func listing(_ script: String) throws -> (text: String, stuck: String?) {
        try Fixture.directory { directory in
            try Fixture.shell("cd \"$1\"; \(script)", directory.string)
            let file = directory.appending("gitconfig")
            let configuration = CallerGitConfiguration(
                files: [file], home: directory,
                environment: Self.variables.merging(["GIT_CONFIG_GLOBAL": file.string, "HOME": directory.string]) { $1 }
            )
            let listing = Result { () throws(RunError) in try configuration.listing() }
            if case .failure(.stuckGit(let place?)) = listing { return ("", place.lastComponent?.string) }
            try Fixture.shell("cd \"$1\"; test ! -e before || cmp before gitconfig", directory.string)
            let text = String(decoding: try listing.get(), as: UTF8.self)
            return (text.replacing(directory.string, with: "PLACE"), nil)
        }
    }

    @Test(
        "A file that git would wait for is named",
        arguments: [
            ("mkfifo gitconfig", "gitconfig"), ("mkfifo f; ln -s f gitconfig", "gitconfig"),
            ("mkfifo f; git config -f gitconfig include.path f", "f"),
            ("mkfifo f; git config -f gitconfig include.path '~/f'", "f"),
            ("mkfifo f; git config -f gitconfig includeIf.gitdir:/x/.path f", "f"),
            ("mkfifo f; git config -f a include.path f; git config -f gitconfig include.path a", "f"),
        ])
    func stuck(script: String, name: String) throws { #expect(try listing(script).stuck == name) }

    @Test(
        "Other files do not prevent a start",
        arguments: [
            ("git config -f gitconfig user.name me", "user.name\nme\0own.key\nvalue\0"),
            ("git config -f gitconfig include.path gone", "include.path\ngone\0own.key\nvalue\0"),
            ("ln -s /dev/null gitconfig", "own.key\nvalue\0"),
            ("mkdir gitconfig", "own.key\nvalue\0"), ("echo '[' > gitconfig", "own.key\nvalue\0"),
            // More than is read of a listing.
            ("{ printf '[x \"%04000d\"]\\n' 0; seq 2500 | sed 's/.*/v&=1/'; } > gitconfig", "own.key\nvalue\0"),
            // A trace would be a file that the configuration names.
            (
                "git config -f gitconfig trace2.normalTarget $PWD/gitconfig; cp gitconfig before",
                "trace2.normaltarget\nPLACE/gitconfig\0own.key\nvalue\0"
            ),
        ])
    func others(script: String, expected: String) throws {
        let found = try listing(script)
        #expect(found.stuck == nil && found.text == expected)
    }
}
