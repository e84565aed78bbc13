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
            settings: defaultGitFiles
                + GitConfiguration.Entry.entries(listing: settings),
            mountsByPath: mountsByPath, state: state)
    }

    /// The files that the caller's git reads by default (git-config(1), "FILES"). Each may be in a project, through
    /// links, or be created there. They are read here as well, because git lists nothing when one file is malformed, and
    /// not the directory that a relative include begins in.
    ///
    /// The files of gitattributes(5) and gitignore(5) are among them when links resolve them to another path, or when
    /// they do not exist.
    private var defaultGitFiles: [GitConfiguration.Entry] {
        let isElsewhere: (FilePath) -> Bool = { RealPath.of($0) != $0 }
        let (chosen, usual) = gitFiles
        let directory = configurationDirectory.appending("git")
        let named = [("attributes", "attributesfile"), ("ignore", "excludesfile")].map { name, key in
            (file: directory.appending(name), key: key)
        }
        return (chosen + usual).map(GitConfiguration.Entry.include)
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

    /// The file with the patterns of ignored files that applies to every repository (gitignore(5)).
    ///
    /// - Parameter listing: The caller's git configuration, a listing.
    func excludesFile(listing: [UInt8]) -> FilePath? {
        let entry = GitConfiguration.Entry.entries(listing: listing).last { $0.key == "core.excludesfile" }
        guard let value = entry?.value else { return configurationDirectory.pushing("git/ignore") }
        return gitConfiguration.path(of: value)
    }

    /// The public half of a forwarded ssh key.
    func publicKey(of access: SSHAccess, in trees: WrittenTrees) -> [UInt8]? {
        switch access {
        case .none: return nil
        case .personal(let agent): return agent.key.blob
        case .dedicated(let file):
            let line = CallerFile.bytes(FilePath(file.string + ".pub"), in: trees, limit: 1 << 14)
            return line.flatMap { CommitSigning.blob(inLine: String(decoding: $0, as: UTF8.self)) }
        }
    }

    /// Whether git uses bare repositories that it discovers itself (git-config(1), `safe.bareRepository`).
    var gitTrustsBareRepositories: Bool {
        let entries = GitConfiguration.Entry.entries(listing: (try? gitConfiguration.listing()) ?? [])
        return entries.last { $0.key == "safe.barerepository" }?.value?.lowercased() != "explicit"
    }
}
