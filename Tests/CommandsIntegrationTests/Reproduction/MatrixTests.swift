// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// The same lock gives the same image, bit for bit, in every environment.
    @Suite(.serialized)
    struct MatrixTests {
        @Test("The same image from downloads only", arguments: Circumstance.all)
        func cold(_ circumstance: Circumstance) async throws {
            let missing = circumstance.needs.filter { !Files.exists(FilePath($0)) }
            guard missing.isEmpty else { return withKnownIssue("needs \(missing)") { Issue.record("left out") } }
            let image = try await SmallImage.shared.image()
            let store = try await SmallImage.shared.coldStore("matrix-\(Files.uniqueSuffix())")
            defer { try? Files.removeTree(store) }
            let ending = try await SmallImage.run(
                ["build", "--base"], store: store, environment: ["SCRIPT": circumstance.script],
                script: "exec unshare --mount --propagation private sh -c \"$SCRIPT\" sh \"$@\"")
            #expect(ending.status == 0, "\(ending.error)")
            #expect(ending.lastLine == image.digest, "\(circumstance.name)")
        }

        @Test("The same image from existing layers, configured again")
        func warm() async throws {
            let image = try await SmallImage.shared.image()
            try await Shell.must(
                """
                cd "$1" && rm -r builds && for facts in $(grep -lx '\\[\\]' layers/*/facts.json); do rm -r "${facts%/*}"; done
                """, [image.store.string])
            let ending = try await SmallImage.run(["build", "--base"], store: image.store)
            #expect(ending.status == 0, "\(ending.error)")
            #expect(ending.lastLine == image.digest)
        }

        @Test("The reference image from downloads only, on one core and another file system")
        func reference() async throws {
            let image = try await Harness.shared.image()
            let store = try await Harness.shared.warmStore("matrix-reference", layers: false)
            defer { try? Files.removeTree(store) }
            let ending = try await Harness.run(
                ["build", "--base"], store: store, environment: ["TZ": "Asia/Kathmandu", "LC_ALL": "C"],
                prefix: "cd \"$REPOSITORY\" && umask 027 && taskset -p -c 0 $$ > /dev/null")
            #expect(ending.status == 0, "\(ending.error)")
            #expect(ending.lastLine == image.digest)
        }
    }
}
