// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// `reproduce` confirms an image that matches its lock, and otherwise shows the difference.
    @Suite(.serialized)
    struct ReproduceTests {
        @Test("The local build, its digest and its layout are reproduced")
        func same() async throws {
            let image = try await SmallImage.shared.image()
            let layout = SmallImage.directory.appending("layout")
            let built = try await SmallImage.run(["build", "--base", "--output", "oci:\(layout)"], store: image.store)
            #expect(built.status == 0, "\(built.error)")
            let named = "oci:\(layout):\(SmallImage.tag)"
            for expectation in [[], ["--digest", image.digest], ["oci:\(layout)"], [named]] {
                let ending = try await SmallImage.run(["reproduce", "--base"] + expectation, store: image.store)
                #expect(ending.status == 0, "\(expectation): \(ending.output)\(ending.error)")
                #expect(ending.lastLine == image.digest)
            }
            let answer = try await SmallImage.run(["reproduce", "--base", "--format", "json"], store: image.store)
            try await answer.expectSchema("reproduce")
            #expect(
                answer.output.contains("\"same\": true") && answer.output.contains(image.digest), "\(answer.output)")
            #expect(try Files.list(image.store.appending("tmp")) == [])
        }

        @Test("A postinst that writes random data is named, with the file and the bytes")
        func plantedScript() async throws {
            let planted = try await PlantedPackage.plant(
                "less", named: "random",
                change: """
                    printf '#!/bin/sh\\nmkdir -p /var/lib/stamps\\n' > DEBIAN/postinst
                    echo 'printf same > /var/lib/stamps/stamp; od -An -N8 -tx8 /dev/urandom >> /var/lib/stamps/stamp' >> DEBIAN/postinst
                    """)
            let ending = try await planted.run(["reproduce", "--base"])
            #expect(ending.status == 1, "\(ending.error)")
            let lines = ending.output.split(separator: "\n").map(String.init)
            #expect(lines.contains("layer     state"), "\(ending.output)")
            #expect(lines.contains("path      /var/lib/stamps/stamp"), "\(ending.output)")
            #expect(lines.contains("package   less"))
            #expect(lines.contains("script    less.postinst configure (configure step)"), "\(ending.output)")
            let offset = lines.first { $0.hasPrefix("offset") }.flatMap { Int($0.split(separator: " ")[1]) }
            #expect(offset.map { (4...21).contains($0) } == true, "\(ending.output)")
            #expect(lines.contains { $0.hasPrefix("byte      0x") && $0.contains(" expected, 0x") })
            try Files.removeTree(planted.store)
        }

        @Test("A changed package in a layer is named, with the path")
        func otherPackage() async throws {
            let image = try await SmallImage.shared.image()
            let layout = SmallImage.directory.appending("other-layout")
            let planted = try await PlantedPackage.plant(
                "less", named: "changed",
                change: "printf X | dd of=usr/bin/lesskey bs=1 seek=100 conv=notrunc status=none")
            let built = try await planted.run(["build", "--base", "--output", "oci:\(layout)"])
            #expect(built.status == 0, "\(built.error)")
            let ending = try await SmallImage.run(["reproduce", "--base", "oci:\(layout)"], store: image.store)
            #expect(ending.status == 1)
            #expect(ending.output.contains("path      /usr/bin/lesskey\npackage   less\nscript    none: unpacked"))
            #expect(ending.output.contains("offset    100\nbyte      0x58 'X' expected, "), "\(ending.output)")
            let digest = try await SmallImage.run(
                ["reproduce", "--base", "--digest", built.lastLine], store: image.store)
            #expect(digest.status == 1)
            #expect(digest.output == "A different image.\nexpected  \(built.lastLine)\nrebuilt   \(image.digest)\n")
            try Files.removeTree(planted.store)
        }
    }
}
