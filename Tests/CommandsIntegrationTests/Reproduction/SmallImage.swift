// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// An image of few packages, resolved and built once for all tests of a run: fast enough to be built a dozen times.
actor SmallImage {
    static let shared = SmallImage()
    /// The directory of the definition, the lock, the stores and the file systems of the tests.
    static let directory = Harness.directory.appending("small")
    /// Its packages besides a minimal Debian: Python for its byte code, certificates for their hash links, a service
    /// with its own user, and one with alternatives.
    static let packages = ["usr-is-merged", "ca-certificates", "python3-minimal", "openssh-client", "less", "vim-tiny"]

    /// Its name, and that of every definition made by `define`.
    static let tag = "small:\(Harness.version)-base"

    /// The result of the first build.
    struct Built {
        let digest: String
        let store: FilePath
    }

    private var built: Built?

    /// The image, built for the first test that needs it.
    func image() async throws -> Built {
        if let built { return built }
        let store = try await Self.define(Self.packages, in: Self.directory)
        for arguments in [["resolve"], ["build", "--base"]] {
            let ending = try await Self.run(arguments, store: store)
            guard ending.status == 0 else {
                throw Shell.Failed(script: "\(arguments)", output: ending.output, error: ending.error)
            }
            if arguments[0] == "build" { built = Built(digest: ending.lastLine, store: store) }
        }
        return try await image()
    }

    /// Writes a definition of these packages to `directory`, and returns the path of a store there.
    static func define(_ packages: [String], in directory: FilePath) async throws -> FilePath {
        try Files.makeDirectories(directory)
        try await Shell.must(
            """
            cp -a "$1/image" "$2/image"
            awk -v names="$3" '/^packages:/ { print "packages:\\n  base: [" names "]"; skip = 1; next }
                /^[^ #]/ { skip = 0 } !skip' "$1/image/image.yaml" |
                sed -e 's/^name: .*/name: small/' -e 's/^  architectures:.*/  architectures: [amd64, arm64]/' \\
                > "$2/image/image.yaml"
            """,
            [Harness.repository.string, directory.string, packages.joined(separator: ", ")])
        return directory.appending("store")
    }

    /// Runs the program on the small definition.
    static func run(
        _ arguments: [String], store: FilePath, environment: [String: String] = [:],
        script: String = "exec \"$PROGRAM\" \"$@\""
    ) async throws -> Ending {
        try await Shell.run(
            "cd \"$SMALL\" && \(script)", arguments, environment: variables(store).merging(environment) { $1 })
    }

    /// The environment of a call.
    static func variables(_ store: FilePath) -> [String: String] {
        Harness.variables(store).merging(["SMALL": directory.string]) { $1 }
    }

    /// A new store with only the packages' files.
    ///
    /// - Parameter command: `ln`, or `cp` for callers who change their owner.
    func coldStore(_ name: String, command: String = "ln") async throws -> FilePath {
        let cold = Self.directory.appending(name)
        let script = """
            rm -rf "$3" && mkdir -p "$3/blobs/sha256"
            grep -o '"sha256": "[0-9a-f]*"' "$2" | cut -d '"' -f 4 | while read -r digest; do
                [ ! -e "$1/blobs/sha256/$digest" ] || "$4" "$1/blobs/sha256/$digest" "$3/blobs/sha256/"
            done
            """
        let store = try await image().store
        try await Shell.must(
            script, [store.string, Self.directory.appending("versions.lock").string, cold.string, command])
        return cold
    }
}
