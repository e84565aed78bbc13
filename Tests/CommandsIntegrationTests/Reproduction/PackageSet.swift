// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// Packages that need dpkg's rules for files: what their image is like.
struct PackageSet: CustomTestStringConvertible, Sendable {
    let packages: [String]
    /// What may differ from mmdebstrap, as in `Fixtures/mmdebstrap-differences`.
    var differences = ""
    /// What `dpkg --verify` says in mmdebstrap's root, too.
    var altered = ""

    var testDescription: String { packages.joined(separator: " ") }

    /// Builds the set's image and compares it with what mmdebstrap makes.
    func check() async throws {
        let folder = Bench.folder.appending("set-\(packages.joined(separator: "-"))")
        defer { try? Files.removeTree(folder) }
        let image = try await SmallImage.define(["usr-is-merged"] + packages, in: folder)
        let layout = folder.appending("layout")
        for arguments in [["resolve"], ["build", "--base", "--output", "oci:\(layout)"]] {
            let ending = try await SmallImage.run(
                arguments, store: image, environment: ["SMALL": folder.string])
            try #require(ending.status == 0, "\(ending.error)")
        }
        try await Shell.must("umoci unpack --image \"$1\" \"$2\"", ["\(layout):\(Bench.tag)", "\(folder)/bundle"])
        let files = folder.pushing("bundle/rootfs")
        let oracle = Oracle(
            store: image, lock: folder.appending("versions.lock"), work: folder.appending("oracle"),
            differences: differences)
        try await oracle.compare(files, leastFiles: 3000)
        #expect(
            try await Shell.must("chroot \"$1\" dpkg --verify; chroot \"$1\" dpkg --audit", [files.string]) == altered)
    }
}
