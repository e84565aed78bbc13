// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage
import Testing

extension EndToEnd {
    /// `diff` of locks and of images, compared with skopeo's information about the layers.
    @Suite(.serialized)
    struct DiffTests {
        @Test("Two images: the packages, and the exact size of the new blobs")
        func images() async throws {
            let (old, new, planted) = try await pair("exact")
            let exact = try await planted.run(["diff", "oci:\(old)", "oci:\(new)", "--format", "json"])
            try await exact.expectSchema("diff")
            let report = try JSONDecoder().decode(Report.self, from: Data(exact.output.utf8))
            #expect(report.packages.map(\.name) == ["less"])
            #expect(report.packages.first?.new == "999-1+deb12u1")
            #expect(report.pull.exact)
            let sizes = """
                for layout in "$1" "$2"; do ls -l "$layout/blobs/sha256" | awk 'NR > 1 { print $9, $5 }' | sort > "$layout.list"; done
                comm -13 "$1.list" "$2.list" | awk '{ sum += $2 } END { print sum }'
                """
            let sum = try await Shell.must(sizes, [old.string, new.string])
            #expect(sum == "\(report.pull.bytes)\n")
            let within = try await planted.run(["diff", "oci:\(old)", "oci:\(new)", "--budget", "1GB"])
            #expect(within.status == 0)
            let budget = "\(report.pull.bytes - 1)"
            let beyond = try await planted.run(["diff", "oci:\(old)", "oci:\(new)", "--budget", budget])
            #expect(beyond.status == 1)
            #expect(beyond.output.contains("exceeded"), "\(beyond.output)")
            try Files.removeTree(planted.store)
        }

        @Test(
            "Two images with gzip and zstd: the size for each compression, in any order")
        func both() async throws {
            let (old, new, planted) = try await pair("both", ["--compression", "gzip,zstd"])
            let exact = try await planted.run(["diff", "oci:\(old)", "oci:\(new)", "--format", "json"])
            try await exact.expectSchema("diff")
            let report = try JSONDecoder().decode(Report.self, from: Data(exact.output.utf8))
            let gzip = try #require(report.gzip)
            #expect(report.packages.map(\.name) == ["less"] && report.pull.bytes < gzip.bytes)
            let sizes = """
                digest() { jq -r ".manifests[$2].digest" "$1" | cut -d : -f 2; }
                blobs() {
                    manifest=$(digest "$1/blobs/sha256/$(digest "$1/index.json" 0)" "$2")
                    { echo "$manifest"; jq -r '.config.digest, .layers[].digest' "$1/blobs/sha256/$manifest" | cut -d : -f 2; } | sort
                }
                for layout in "$1" "$2"; do blobs "$layout" "$3" > "$layout.list"; done
                comm -13 "$1.list" "$2.list" | sed "s|^|$2/blobs/sha256/|" | xargs stat --format %s | awk '{ sum += $1 } END { print sum }'
                """
            for (index, bytes) in [("0", gzip.bytes), ("1", report.pull.bytes)] {
                #expect(try await Shell.must(sizes, [old.string, new.string, index]) == "\(bytes)\n")
            }
            let first = try await planted.run(["build", "--base", "--compression", "gzip,zstd"])
            let second = try await planted.run(["build", "--base", "--compression", "zstd,gzip"])
            #expect(first.lastLine.hasPrefix("sha256:") && first.lastLine == second.lastLine, "\(second.error)")
            try Files.removeTree(planted.store)
        }

        @Test("Two locks, before anything is built: nearly the final size")
        func locks() async throws {
            let (old, new, planted) = try await pair("estimate")
            let store = try await SmallImage.shared.image().store
            let lock = SmallImage.directory.appending("versions.lock")
            let estimate = try await SmallImage.run(
                ["diff", lock.string, planted.lock.string, "--format", "json"], store: store)
            let estimated = try JSONDecoder().decode(Report.self, from: Data(estimate.output.utf8))
            let exact = try await planted.run(["diff", "oci:\(old)", "oci:\(new)", "--format", "json"])
            try await exact.expectSchema("diff")
            let report = try JSONDecoder().decode(Report.self, from: Data(exact.output.utf8))
            #expect(estimated.packages.map(\.name) == ["less"])
            #expect(!estimated.pull.exact)
            let ratio = Double(estimated.pull.bytes) / Double(report.pull.bytes)
            #expect((0.8...1.25).contains(ratio), "\(estimated.pull.bytes) estimated, \(report.pull.bytes) exactly")
            try Files.removeTree(planted.store)
        }

        /// Layouts of the small image and of the same one with another `less`.
        private func pair(
            _ name: String, _ options: [String] = []
        ) async throws -> (old: FilePath, new: FilePath, planted: PlantedPackage) {
            let store = try await SmallImage.shared.image().store
            let (old, new) = (
                SmallImage.directory.appending("\(name)-old"), SmallImage.directory.appending("\(name)-new")
            )
            let built = try await SmallImage.run(["build", "--base", "--output", "oci:\(old)"] + options, store: store)
            #expect(built.status == 0, "\(built.error)")
            let planted = try await PlantedPackage.plant(
                "less", named: name, change: "sed -i 's/^Version: .*/Version: 999-1+deb12u1/' DEBIAN/control")
            let change = "/\"name\": \"less\"/s/\"version\": \"[^\"]*\"/\"version\": \"999-1+deb12u1\"/"
            try await Shell.must("sed -i \"$2\" \"$1\"", [planted.lock.string, change])
            let again = try await planted.run(["build", "--base", "--output", "oci:\(new)"] + options)
            #expect(again.status == 0, "\(again.error)")
            return (old, new, planted)
        }

        @Test("a lock and itself")
        func same() async throws {
            let image = try await SmallImage.shared.image()
            let lock = SmallImage.directory.appending("versions.lock").string
            let ending = try await SmallImage.run(["diff", lock, lock, "--budget", "0"], store: image.store)
            #expect(ending.status == 0)
            #expect(ending.output.hasPrefix("The same packages.\n\npull      0 B of "), "\(ending.output)")
        }

        private struct Report: Decodable {
            struct Package: Decodable {
                let name: String
                let new: String?
            }
            struct Pull: Decodable {
                let bytes: UInt64
                let exact: Bool
            }
            let packages: [Package]
            let pull: Pull
            let gzip: Gzip?

            struct Gzip: Decodable { let bytes: UInt64 }
        }
    }
}
