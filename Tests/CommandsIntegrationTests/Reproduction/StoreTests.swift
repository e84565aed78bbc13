// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage
import Testing

extension EndToEnd {
    /// `clean` and `doctor --deep`: removed entries are restored by the next build, and the image is the same.
    @Suite(.serialized)
    struct StoreTests {
        @Test("doctor finds a flipped bit in a blob and in a tree, and the next build repairs both")
        func doctor() async throws {
            let image = try await SmallImage.shared.image()
            let store = try await SmallImage.shared.coldStore("doctor", command: "cp")
            defer { try? Files.removeTree(store) }
            #expect(try await SmallImage.run(["build", "--base"], store: store).status == 0)
            let healthy = try await SmallImage.run(["doctor", "--deep"], store: store)
            #expect(healthy.status == 0, "\(healthy.output)\(healthy.error)")
            let damage = """
                cd "$1"; blob=$(ls -S blobs/sha256 | sed -n 5p); printf X | dd of="blobs/sha256/$blob" bs=1 seek=100 conv=notrunc status=none
                file=$(find layers/*/tree/usr/bin -name lesskey); printf X | dd of="$file" bs=1 seek=50 conv=notrunc status=none
                echo "$blob ${file%%/tree/*}"
                """
            let damaged = try await Shell.must(damage, [store.string]).split(separator: "\n")[0].split(separator: " ")
            let dry = try await SmallImage.run(["doctor", "--deep", "--dry-run"], store: store)
            #expect(dry.status == 1)
            let ending = try await SmallImage.run(["doctor", "--deep"], store: store)
            #expect(ending.status == 1)
            for name in damaged { #expect(ending.output.contains(name), "\(ending.output)") }
            #expect(ending.output.contains("differs from its blob at /usr/bin/lesskey"), "\(ending.output)")
            #expect(!Files.exists(store.pushing(FilePath(String(damaged[1])))))
            let again = try await SmallImage.run(["build", "--base"], store: store)
            #expect(again.lastLine == image.digest, "\(again.error)")
            #expect(try await SmallImage.run(["doctor", "--deep"], store: store).status == 0)
        }

        @Test("clean has a dry run, asks, respects the limit, and keeps recently used entries")
        func clean() async throws {
            let image = try await SmallImage.shared.image()
            let store = try await SmallImage.shared.coldStore("clean", command: "cp")
            defer { try? Files.removeTree(store) }
            #expect(try await SmallImage.run(["build", "--base"], store: store).status == 0)
            let used = try await Shell.must("du -s \"$1/layers\"", [store.string])
            let young = try await SmallImage.run(["clean", "--all", "--yes"], store: store)
            #expect(young.status == 0, "\(young.error)")
            #expect(try await Shell.must("du -s \"$1/layers\"", [store.string]) == used)
            try await Shell.must("find \"$1\" -exec touch -h -d '40 days ago' {} +", [store.string])
            let dry = try await SmallImage.run(["clean", "--dry-run"], store: store)
            #expect(dry.status == 0 && dry.output.contains("layers"))
            let mute = try await SmallImage.run(["clean"], store: store)
            #expect(mute.status == 64 && mute.error.contains("--yes"), "\(mute.error)")
            #expect(try await Shell.must("du -s \"$1/layers\"", [store.string]) == used)
            #expect(try await SmallImage.run(["clean", "--yes"], store: store).status == 0)
            #expect(try Files.list(store.appending("layers")) == [])
            #expect(try Files.list(store.pushing("blobs/sha256")) == [])
            let refetched = try await SmallImage.run(["build", "--base"], store: store)
            #expect(refetched.lastLine == image.digest, "\(refetched.error)")
        }

        @Test("clean waits for a build, and both succeed")
        func concurrent() async throws {
            let image = try await SmallImage.shared.image()
            let store = try await SmallImage.shared.coldStore("concurrent", command: "cp")
            defer { try? Files.removeTree(store) }
            try await Shell.must("find \"$1\" -exec touch -h -d '40 days ago' {} +", [store.string])
            async let build = SmallImage.run(["build", "--base"], store: store)
            try await Task.sleep(for: .milliseconds(700))
            let clean = try await SmallImage.run(["clean", "--yes"], store: store)
            let built = try await build
            #expect(built.lastLine == image.digest, "\(built.error)")
            #expect(clean.status == 0 || clean.status == 75, "\(clean.error)")
            let again = try await SmallImage.run(["build", "--base"], store: store)
            #expect(again.lastLine == image.digest, "\(again.error)")
        }
    }
}
