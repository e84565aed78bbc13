// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Debian
import ImageDefinition
import Lockfile

/// `resolve`: from the names in image.yaml to versions.lock.
struct ResolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Pin Debian packages in versions.lock.",
        discussion: """
            The archive's signature is checked with gpgv against Debian's keyring, its indices by digest, and the \
            packages are chosen as apt would choose them, for every architecture of image.yaml. What changed is printed \
            on standard output.

            EXAMPLES
              opencode-docker resolve                        move everything to the latest versions
              opencode-docker resolve --update openssl curl  move only these, and what they force
              opencode-docker resolve --check                only say whether the lock fits image.yaml
            """)

    @OptionGroup(title: "Image") var image: ImageOptions
    @OptionGroup(title: "Downloads") var downloads: DownloadOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    @Flag(help: "Change nothing; exit status 1 when the lock was not made from this image.yaml.")
    var check = false

    @Option(
        parsing: .upToNextOption,
        help: .init("Move these packages only; without a name, all of them.", valueName: "name"))
    var update: [String] = []

    @Flag(help: "Move only what the archive no longer has in the locked version.")
    var updateMissing = false

    @Flag(help: "Take release files whose validity is over, as a mirror that is a frozen snapshot serves them.")
    var allowExpired = false

    func validate() throws {
        if check && (updateMissing || !update.isEmpty) { throw ValidationError("--check changes nothing.") }
        if updateMissing && !update.isEmpty {
            throw ValidationError("--update and --update-missing exclude each other.")
        }
    }

    func run() async throws {
        let surroundings = Surroundings.current
        let definition = try ImageDefinition.load(image.folder(surroundings).appending("image.yaml"))
        let file = image.lockFile(surroundings)
        guard !check else {
            _ = try ImageInputs(image, surroundings)
            return
        }
        let previous =
            Files.exists(file)
            ? try VersionsLock(parsing: Files.read(file, limit: 1 << 24), file: file.string) : nil
        let resolution = LockResolution(
            definition: definition, previous: previous, scope: try scope(),
            archives: try downloads.archives(codename: definition.codename, surroundings),
            store: try Store(root: surroundings.storeFolder), now: surroundings.now, allowExpired: allowExpired)
        let lock = try await console.withProgress(environment: surroundings.environment) {
            try await resolution.run(progress: $0)
        }
        if lock != previous { try Files.write(lock.serialized(), to: file) }
        print(LockChanges(from: previous, to: lock).text, terminator: "")
    }

    private func scope() throws -> LockResolution.Scope {
        if updateMissing { return .missing }
        return update.isEmpty ? .all : .only(try update.map { try PackageName($0) })
    }
}
