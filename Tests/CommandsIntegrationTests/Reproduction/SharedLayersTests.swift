// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// `build --cache`: layers built by one machine are not built again by another.
    @Suite(.serialized)
    struct SharedLayersTests {
        /// No server listens there, so every download fails.
        private static let nowhere = "http://127.0.0.1:9"

        @Test(
            "from an empty store, without a mirror and without the configure step: the same digest",
            arguments: ["gzip", "zstd"])
        func emptyStore(compression: String) async throws {
            let image = try await SmallImage.shared.image()
            let directory = SmallImage.directory.appending("cache-\(compression)")
            let store = SmallImage.directory.appending("cache-taker-\(compression)")
            defer { for place in [directory, store] { try? Files.removeTree(place) } }
            let build = ["build", "--base", "--compression", compression, "--cache", "oci:\(directory)"]
            let giver = try await SmallImage.run(build, store: image.store)
            #expect(giver.status == 0 && giver.error.contains("Layers pushed to the cache"), "\(giver.error)")
            if compression == "gzip" { #expect(giver.lastLine == image.digest) }
            let again = try await SmallImage.run(build, store: image.store)
            #expect(again.status == 0 && !again.error.contains("Layers pushed"), "\(again.error)")
            let taker = try await SmallImage.run(
                build + ["--mirror", Self.nowhere, "--snapshot", Self.nowhere], store: store)
            #expect(taker.status == 0 && taker.lastLine == giver.lastLine, "\(taker.error)")
            for step in ["fetch", "unpack", "configure"] {
                #expect(!taker.error.contains("\(step):"), "\(taker.error)")
            }
            let doctor = try await SmallImage.run(["doctor", "--deep"], store: store)
            #expect(doctor.status == 0, "\(doctor.output)\(doctor.error)")
        }

        @Test("Packages are configured on cached trees as on locally built ones")
        func withoutState() async throws {
            let image = try await SmallImage.shared.image()
            let directory = SmallImage.directory.appending("cache-without-state")
            let store = SmallImage.directory.appending("cache-without-state-taker")
            defer { for place in [directory, store] { try? Files.removeTree(place) } }
            let build = ["build", "--base", "--cache", "oci:\(directory)"]
            #expect(try await SmallImage.run(build, store: image.store).status == 0)
            try await Shell.must("python3 -c \"$1\" \"$2\"", [Self.forgetState, directory.string])
            let taker = try await SmallImage.run(build, store: store)
            #expect(taker.status == 0 && taker.lastLine == image.digest, "\(taker.error)")
            #expect(taker.error.contains("configure:") && !taker.error.contains("unpack:"), "\(taker.error)")
            #expect(taker.error.contains("Layers pushed to the cache 'oci:\(directory)': 2."), "\(taker.error)")
        }

        /// Removes the names of all layers without packages from a layout: those of the configure step.
        private static let forgetState = """
            import json, sys
            def blob(entry): return json.load(open(f"{sys.argv[1]}/blobs/sha256/{entry['digest'][7:]}"))
            index = json.load(open(f"{sys.argv[1]}/index.json"))
            index["manifests"] = [m for m in index["manifests"] if blob(blob(m)["config"])["packages"]]
            json.dump(index, open(f"{sys.argv[1]}/index.json", "w"))
            """

        @Test("An unreachable cache causes a warning")
        func outOfReach() async throws {
            let image = try await SmallImage.shared.image()
            let ending = try await SmallImage.run(
                ["build", "--base", "--cache", "127.0.0.1:9/team/cache"], store: image.store)
            #expect(ending.status == 0 && ending.lastLine == image.digest, "\(ending.error)")
            #expect(ending.error.contains("warning: The cache '127.0.0.1:9/team/cache'"), "\(ending.error)")
        }

        @Test("The name of one image is not a cache", arguments: ["r.example/team/cache:1", "oci:cache:1"])
        func refused(place: String) async throws {
            let image = try await SmallImage.shared.image()
            let ending = try await SmallImage.run(["build", "--base", "--cache", place], store: image.store)
            #expect(ending.status == 64 && ending.error.contains("'\(place)' names one image"), "\(ending.error)")
        }
    }
}
