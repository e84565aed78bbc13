// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Core
import Lockfile
import OCI
import SystemPackage
import Testing

/// Fails when the bytes of an image change without a change of `AssemblyVersion`: otherwise the same program version
/// and the same lock would give different images, and old caches would be mixed with new ones.
///
/// An intended change raises `AssemblyVersion.current` and adds a line here. Another version of libdeflate requires a
/// new version too: it changes the gzip digest, but not the digests of the tars.
@Suite struct GoldenTests {
    /// By assembly version: the image's manifest, and the tars of its layers from the lowest up.
    private static let golden: [Int: Golden] = [
        3: Golden(
            manifest: "96b650f1824e93cc81e3aaf7ad80300c8f8e67a450ac231dd58a1ce0df7677f4",
            layers: ["d02d49abd9fc30df", "15b659cdccfb2b70", "848743f03ed89e9c"]),
        // The configure step's own times of directories below /usr.
        4: Golden(
            manifest: "96b650f1824e93cc81e3aaf7ad80300c8f8e67a450ac231dd58a1ce0df7677f4",
            layers: ["d02d49abd9fc30df", "15b659cdccfb2b70", "848743f03ed89e9c"]),
        // Also of links there.
        5: Golden(
            manifest: "96b650f1824e93cc81e3aaf7ad80300c8f8e67a450ac231dd58a1ce0df7677f4",
            layers: ["d02d49abd9fc30df", "15b659cdccfb2b70", "848743f03ed89e9c"]),
        // Directories and links that dpkg keeps despite an exclusion, which the tiny packages do not have, and
        // generated md5sums for packages without them.
        6: Golden(
            manifest: "18f0a587efd93e4a236337f6fd983e56e953b6f1332a398283119bda4def8953",
            layers: ["d470cf68c32d2bde", "290fc3f6a6a35368", "848743f03ed89e9c"]),
        // Without files in volatile directories, of which the tiny packages have none.
        7: Golden(
            manifest: "18f0a587efd93e4a236337f6fd983e56e953b6f1332a398283119bda4def8953",
            layers: ["d470cf68c32d2bde", "290fc3f6a6a35368", "848743f03ed89e9c"]),
    ]

    private struct Golden: Equatable {
        let manifest: String
        let layers: [String]
    }

    @Test func theImageOfAVersionIsAlwaysTheSame() async throws {
        let image = try await withTinyPackages { try await assemble($0, workers: 1) }
        let found = Golden(manifest: image.digest.hex, layers: image.layers.map { String($0.diffID.hex.prefix(16)) })
        #expect(found == Self.golden[AssemblyVersion.current])
    }

    @Test func neitherTheOrderNorTheNumberOfCoresMatters() async throws {
        let one = try await withTinyPackages { try await assemble($0, workers: 1) }
        let other = try await withTinyPackages { try await assemble($0.reversed(), workers: 8) }
        #expect(one.digest == other.digest)
    }

    @Test func anotherByteIsAnotherImage() async throws {
        let one = try await withTinyPackages { try await assemble($0, workers: 2) }
        let other = try await withTinyPackages(contents: "other") { try await assemble($0, workers: 2) }
        #expect(one.digest != other.digest)
        #expect(one.layers.first == other.layers.first)
    }

    @Test func directoriesOfTheTreeAreDatedAsInTheLayer() async throws {
        try await withTinyPackages { packages in
            let layers = try await build(packages, workers: 4)
            for layer in layers {
                guard case .unpacked(let entries) = layer.contents else { continue }
                for entry in entries.entries where entry.kind == .directory {
                    let status = try Files.status(of: layer.tree.pushing(FilePath(entry.path.string)))
                    #expect(Int64(status.st_mtim.tv_sec) == entry.mtime, "\(entry.path)")
                    #expect(UInt16(status.st_mode & 0o7777) == entry.mode, "\(entry.path)")
                }
            }
        }
    }

    /// Assembles the layers of the packages and an overlay to an image.
    private func assemble(_ packages: [TinyPackage], workers: Int) async throws -> Image {
        let store = try Store(root: packages[0].store)
        let overlay = try Overlay(
            name: "rootfs",
            items: [
                .file("etc/deep/down/file", Array("text\n".utf8), mode: 0o755, mtime: 1_700_000_000),
                .link("etc/link", to: "deep/down/file", mtime: 1_700_000_000),
            ])
        let packer = LayerPacker(store: store)
        let layers = try await build(packages, workers: workers) + [overlay.build(in: store, setsOwners: false)]
        let configuration = ImageConfiguration(
            created: "2023-11-14T22:13:20Z", platform: .amd64,
            config: .init(env: ["PATH=/usr/bin"], entrypoint: ["/usr/bin/one"], labels: ["b": "2", "a": "1"]))
        return try Image.compose(layers: layers.map(packer.pack), configuration: configuration, into: store)
    }
}
