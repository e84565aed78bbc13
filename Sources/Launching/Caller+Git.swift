// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage

extension Caller {
    /// The rules for mounting repositories, from a project's state and the caller's git configuration.
    ///
    /// - Parameters:
    ///   - named: Repositories that the command line permits.
    ///   - settings: The caller's git configuration, a listing.
    ///   - mountsByPath: Whether the engine mounts by path.
    func repositoryRules(
        _ state: StateDirectory, protected: ProtectedPaths, named: [FileIdentity] = [], settings: [UInt8],
        mountsByPath: Bool
    ) -> RepositoryRules {
        RepositoryRules(
            protected: protected, allowed: KnownRepositories(state).identities.union(named), home: home,
            settings: linkedGitFiles
                + GitConfiguration.Entry.entries(listing: settings),
            mountsByPath: mountsByPath)
    }

    /// The files that the caller's git reads by default, when links resolve them to another path or they do not exist:
    /// they may be in a project or be created there (git-config(1), "FILES"; gitattributes(5); gitignore(5)).
    private var linkedGitFiles: [GitConfiguration.Entry] {
        let isElsewhere: (FilePath) -> Bool = { RealPath.of($0) != $0 }
        let (chosen, usual) = gitFiles
        let directory = configurationDirectory.appending("git")
        let named = [("attributes", "attributesfile"), ("ignore", "excludesfile")].map { name, key in
            (file: directory.appending(name), key: key)
        }
        return (chosen + usual.filter(isElsewhere)).map(GitConfiguration.Entry.include)
            + named.filter { isElsewhere($0.file) }.map { GitConfiguration.Entry.naming($0.file, $0.key) }
    }

    /// The files that the caller's git reads first (git-config(1), "FILES"): those that variables choose, and the usual
    /// ones in place of which none is chosen.
    private var gitFiles: (chosen: [FilePath], usual: [FilePath]) {
        let (global, system) = (chosenGitFile("GIT_CONFIG_GLOBAL"), chosenGitFile("GIT_CONFIG_SYSTEM"))
        let own = [home.appending(".gitconfig"), configurationDirectory.pushing("git/config")]
        return (
            [global, system].compactMap(\.self),
            (global == nil ? own : []) + (system == nil ? ["/etc/gitconfig"] : [])
        )
    }

    /// The file that an environment variable makes git read in place of the default one.
    private func chosenGitFile(_ name: String) -> FilePath? {
        guard let value = variable(name), !value.isEmpty else { return nil }
        return (RealPath.of(".") ?? "/").pushing(FilePath(value))
    }

    /// The git configuration that applies to every repository of the caller.
    var gitConfiguration: CallerGitConfiguration {
        return CallerGitConfiguration(files: gitFiles.chosen + gitFiles.usual, home: home, environment: variables)
    }

    /// Whether git uses bare repositories that it discovers itself (git-config(1), `safe.bareRepository`).
    var gitTrustsBareRepositories: Bool {
        let setting = ["config", "--global", "--get", "safe.bareRepository"]
        let answer = ChildProcess.output("git", setting, environment: variables) ?? []
        return String(decoding: answer, as: UTF8.self).lowercased() != "explicit\n"
    }
}
