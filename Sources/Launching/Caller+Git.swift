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

    /// The rules for commands without an engine.
    ///
    /// - Throws: `RunError.stuckGit`.
    func repositoryRules(_ state: StateDirectory, protected: ProtectedPaths? = nil) throws(RunError) -> RepositoryRules
    {
        repositoryRules(
            state, protected: protected ?? protectedPaths, settings: try gitConfiguration.listing(),
            mountsByPath: !StagedTrees.isPossible())
    }

    /// The files that the caller's git reads by default, when links resolve them to another path or they do not exist:
    /// they may be in a project or be created there (git-config(1), "FILES"; gitattributes(5); gitignore(5)).
    private var linkedGitFiles: [GitConfiguration.Entry] {
        let directory = configurationDirectory.appending("git")
        let global = chosenGitFile("GIT_CONFIG_GLOBAL").map { [$0] }
        let usual = global == nil ? [home.appending(".gitconfig"), directory.appending("config")] : []
        let system = chosenGitFile("GIT_CONFIG_SYSTEM")
        let chosen = (global ?? []) + [system].compactMap(\.self)
        let isElsewhere: (FilePath) -> Bool = { RealPath.of($0) != $0 }
        let files = chosen + (usual + (system == nil ? ["/etc/gitconfig"] : [])).filter(isElsewhere)
        let named = [("attributes", "attributesfile"), ("ignore", "excludesfile")].map { name, key in
            (file: directory.appending(name), key: key)
        }
        return files.map(GitConfiguration.Entry.include)
            + named.filter { isElsewhere($0.file) }.map { GitConfiguration.Entry.naming($0.file, $0.key) }
    }

    /// The file that an environment variable makes git read in place of the default one.
    private func chosenGitFile(_ name: String) -> FilePath? {
        guard let value = variable(name), !value.isEmpty else { return nil }
        return (RealPath.of(".") ?? "/").pushing(FilePath(value))
    }

    /// The git configuration that applies to every repository of the caller.
    var gitConfiguration: CallerGitConfiguration {
        let global = chosenGitFile("GIT_CONFIG_GLOBAL").map { [$0] }
        let system = chosenGitFile("GIT_CONFIG_SYSTEM") ?? "/etc/gitconfig"
        let usual = [home.appending(".gitconfig"), configurationDirectory.pushing("git/config")]
        return CallerGitConfiguration(files: [system] + (global ?? usual), home: home, environment: variables)
    }

    /// Whether git uses bare repositories that it discovers itself (git-config(1), `safe.bareRepository`).
    var gitTrustsBareRepositories: Bool {
        let setting = ["config", "--global", "--get", "safe.bareRepository"]
        let answer = ChildProcess.output("git", setting, environment: variables) ?? []
        return String(decoding: answer, as: UTF8.self).lowercased() != "explicit\n"
    }
}
