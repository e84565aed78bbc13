// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite("The records of built images")
struct BuildRecordsTests {
    @Test("A store that was moved names its own layers, also where its former place exists", arguments: [false, true])
    func moved(isOfOlderProgram: Bool) throws {
        try withTemporaryDirectory { directory in
            let (old, new) = (directory.appending("old"), directory.appending("new"))
            let (layer, key) = (FilePath("layers/0a/tree"), Digest(of: [1]))
            let store = try Store(root: old)
            let configuration = ImageConfiguration(created: "2025-01-31T12:00:00Z", platform: .amd64, config: .init())
            let image = try Image.compose(layers: [], configuration: configuration, annotations: [:], into: store)
            try Files.makeDirectories(old.pushing(layer))
            let tree = isOfOlderProgram ? FilePath("/former/store").pushing(layer) : old.pushing(layer)
            try BuildRecords(store: store).remember(BuiltImage(image: image, trees: [tree]), builtFrom: key)
            #expect(BuildRecords(store: store).image(builtFrom: key)?.trees == [old.pushing(layer)])

            try ShellLine.run("mv old new; mkdir -p old/\(layer)", in: directory)
            let moved = BuildRecords(store: try Store(root: new))
            #expect(moved.image(manifest: image.digest)?.trees == [new.pushing(layer)])
        }
    }
}
