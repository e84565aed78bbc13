// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// mmdebstrap, which lets apt and dpkg do all the work, makes the same root file system of the same packages: file by
    /// file, but for the differences that `Fixtures/mmdebstrap-differences` gives reasons for.
    @Suite(.serialized, .enabled(if: Oracle.isPossible))
    struct OracleTests {
        @Test("the same files as mmdebstrap's")
        func mmdebstrap() async throws {
            let image = try await Bench.shared.image()
            let work = Bench.folder.appending("oracle")
            defer { try? Files.removeTree(work) }
            let oracle = Oracle(store: image.store, lock: Bench.repository.appending("versions.lock"), work: work)
            let used = try await oracle.compare(image.files, leastFiles: 15_000)
            for rule in try Oracle.rules() where !used.contains(rule.line) {
                #expect(Bool(false), "explains nothing: \(rule.line)")
            }
        }
    }
}
