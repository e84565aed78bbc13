// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Glibc
import SystemPackage

/// The built program, a temporary directory for this process, and an image that all tests share.
actor Harness {
    static let shared = Harness()
    static let repository = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
    /// The program beside the tests.
    static let program = directoryOfTests.appending("opencode-docker")
    /// The directory for everything that the tests write.
    static let directory: FilePath = {
        let place = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        let directory = FilePath(place).appending("end-to-end-\(Files.uniqueSuffix())")
        atexit { try? Files.removeTree(Harness.directory) }
        return directory
    }()
    /// Whether this process is root, with the built program and the external tools.
    static let isPossible =
        geteuid() == 0 && Files.exists(program)
        && ["/usr/bin/umoci", "/usr/bin/skopeo", "/usr/sbin/runc", "/usr/bin/python3"].allSatisfy { Files.exists($0) }
    /// The image's version, which each release changes.
    static let version: String = {
        let text = try? String(contentsOfFile: repository.pushing("image/image.yaml").string, encoding: .utf8)
        return text?.firstMatch(of: /(?m)^version: (\S+)/).map { String($0.1) } ?? "none"
    }()
    /// Debian's name of this machine's architecture.
    static let architecture: String = {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }()
    static let tag = "opencode-docker:\(version)-base"

    /// The result of the first build.
    struct Built {
        let digest: String
        let store: FilePath
        let layout: FilePath
        let archive: FilePath
        /// The image's files, unpacked by umoci.
        let files: FilePath
    }

    private var built: Built?

    /// The image, built for the first test that needs it.
    func image() async throws -> Built {
        if let built { return built }
        try Files.makeDirectories(Self.directory)
        let store = Self.directory.appending("store")
        let layout = Self.directory.appending("layout")
        let archive = Self.directory.appending("image.tar")
        let ending = try await Self.run(
            ["build", "--base", "--output", "oci:\(layout)", "--output", "docker-archive:\(archive)"], store: store)
        guard ending.status == 0 else {
            throw Shell.Failed(script: "build", output: ending.output, error: ending.error)
        }
        let bundle = Self.directory.appending("bundle")
        try await Shell.must("umoci unpack --image \"$1\" \"$2\"", ["\(layout):\(Self.tag)", bundle.string])
        let made = Built(
            digest: ending.lastLine, store: store, layout: layout, archive: archive,
            files: bundle.appending("rootfs"))
        built = made
        return made
    }

    /// Runs the program in the repository, with a store of that name or path.
    static func run(
        _ arguments: [String], store: FilePath, environment: [String: String] = [:],
        prefix: String = "cd \"$REPOSITORY\""
    ) async throws -> Ending {
        try await Shell.run(
            "\(prefix); exec \"$0\" \"$@\"".replacing("$0", with: "$PROGRAM"), arguments,
            environment: variables(store).merging(environment) { $1 })
    }

    /// The environment of a call: the store, and downloads only from the machine's mirror.
    static func variables(_ store: FilePath) -> [String: String] {
        [
            "OPENCODE_DOCKER_STORE": store.string, "REPOSITORY": repository.string, "PROGRAM": program.string,
            "https_proxy": "http://127.0.0.1:9", "no_proxy": "127.0.0.1", "NO_COLOR": "1",
            "OPENCODE_DOCKER_PROGRESS": "plain",
        ]
    }

    /// A store with the downloads, and with `layers` also the unpacked layers, but no results of scripts.
    func warmStore(_ name: String, layers: Bool, in directory: FilePath = Harness.directory) async throws -> FilePath {
        let copy = directory.appending(name)
        let script = """
            mkdir -p "$2" && cp -a --link "$1/blobs" "$2/" 2> /dev/null || { rm -rf "$2/blobs"; cp -a "$1/blobs" "$2/"; }
            if [ -n "$3" ]; then
                cp -a --link "$1/layers" "$2/" 2> /dev/null || { rm -rf "$2/layers"; cp -a "$1/layers" "$2/"; }
                for facts in $(grep -lx '\\[\\]' "$2"/layers/*/facts.json); do rm -r "${facts%/*}"; done
            fi
            """
        try await Shell.must(script, [try await image().store.string, copy.string, layers ? "yes" : ""])
        return copy
    }

    /// A copy of the directory `image` in which sed(1) changed `file`; returns its path.
    static func definition(_ name: String, _ file: String, _ change: String) async throws -> FilePath {
        let copy = directory.appending(name)
        try Files.makeDirectories(directory)
        let script = "cp -a \"$1\" \"$2\" && sed -i \"$4\" \"$2/$3\" && ! cmp -s \"$1/$3\" \"$2/$3\""
        try await Shell.must(script, [repository.appending("image").string, copy.string, file, change])
        return copy
    }

    private static var directoryOfTests: FilePath {
        // `swift test` loads the tests into a program of the toolchain; these are the test bundle's own arguments.
        let named = CommandLine.arguments.first { $0.hasSuffix(".xctest") }.map { FilePath($0).removingLastComponent() }
        return named ?? repository.pushing(".build/release")
    }
}
