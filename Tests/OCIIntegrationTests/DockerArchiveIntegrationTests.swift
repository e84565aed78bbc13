// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage
import Testing

/// Reads `docker load` archives with other programs.
@Suite struct DockerArchiveIntegrationTests {
    private func archive(_ image: Image, _ names: [String], _ bench: Workbench) throws -> FilePath {
        var bytes: [UInt8] = []
        let references = try names.map { try ImageReference($0) }
        try DockerArchive.write(image, references: references, from: bench.store, created: 1_700_000_000) {
            bytes.append(contentsOf: $0)
        }
        let path = bench.root.appending("archive.tar")
        try Files.write(bytes, to: path)
        return path
    }

    @Test func skopeoReadsTheSameConfiguration() throws {
        let bench = try Workbench()
        let image = try bench.image()
        let path = try archive(image, ["team/x:1", "example.org/y"], bench)
        let seen = try Workbench.json(["skopeo", "inspect", "docker-archive:\(path)"])
        #expect(seen["Layers"]?.array?.map(\.string) == image.layers.map(\.diffID.description))
        let tags = try Workbench.json(["skopeo", "list-tags", "docker-archive:\(path)"])
        #expect(tags["Tags"]?.array?.compactMap(\.string) == ["team/x:1", "example.org/y:latest"])
        let config = try Workbench.run(["skopeo", "inspect", "--config", "--raw", "docker-archive:\(path)"])
        #expect(Digest(of: config) == image.manifest.config.digest)
        // Copying verifies the layers' bytes.
        let copy = bench.root.appending("copy")
        try Workbench.run([
            "skopeo", "copy", "--insecure-policy", "-q", "docker-archive:\(path):team/x:1", "dir:\(copy)",
        ])
    }

    @Test func unpackedItIsALayout() throws {
        let bench = try Workbench()
        let image = try bench.image()
        let path = try archive(image, ["team/x:1"], bench)
        let directory = bench.root.appending("unpacked")
        try Files.makeDirectories(directory)
        try Workbench.run(["tar", "-C", directory.string, "-xf", path.string])
        #expect(try Files.list(directory) == ["blobs", "index.json", "manifest.json", "oci-layout"])
        let layout = ImageLayout(root: directory)
        try layout.check()
        #expect(try layout.image(tag: "1", platform: .amd64) == image)
        let seen = try Workbench.json(["skopeo", "inspect", "oci:\(directory):1"])
        #expect(seen["Digest"]?.string == image.digest.description)
    }

    @Test func entriesSayNothingOfTheMachine() throws {
        let bench = try Workbench()
        let path = try archive(bench.image(), ["x"], bench)
        let listing = try Workbench.run(["env", "TZ=UTC", "tar", "--numeric-owner", "--full-time", "-tvf", path.string])
        let lines = String(decoding: listing, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 9)
        for line in lines {
            let directory = line.hasSuffix("/")
            #expect(line.hasPrefix(directory ? "drwxr-xr-x 0/0 " : "-rw-r--r-- 0/0 "))
            #expect(line.contains(" 2023-11-14 22:13:20 "))
        }
    }
}
