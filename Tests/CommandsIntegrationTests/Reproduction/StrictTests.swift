// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// dpkg, which unpacks and configures every package itself and in its own order (`Fixtures/strict`), produces the
    /// same files as this program, byte for byte.
    @Suite(.serialized)
    struct StrictTests {
        @Test("dpkg's own order gives the same files")
        func dpkg() async throws {
            let image = try await SmallImage.shared.image()
            let work = SmallImage.directory.appending("strict")
            defer { try? Files.removeTree(work) }
            try Files.makeDirectories(work)
            let layout = work.appending("layout")
            let built = try await SmallImage.run(["build", "--base", "--output", "oci:\(layout)"], store: image.store)
            #expect(built.status == 0, "\(built.error)")
            try await Shell.must(
                "umoci unpack --image \"$1\" \"$2\"", ["\(layout):\(SmallImage.tag)", work.appending("bundle").string])
            try await Shell.must(
                "exec unshare --mount --propagation private sh \"$@\" > \"$LOG\" 2>&1 || { tail -n 20 \"$LOG\" >&2; exit 1; }",
                [
                    Self.script.string, image.store.string, SmallImage.directory.appending("versions.lock").string,
                    Harness.repository.string, work.string,
                ], environment: ["LOG": work.appending("log").string])
            let ours = try await [String: FileFacts].files(below: work.pushing("bundle/rootfs"))
            let theirs = try await [String: FileFacts].files(below: work.appending("root"))
            #expect(ours.count > 5000 && theirs.count > 5000)
            let rootfs = try await [String: FileFacts].files(below: Harness.repository.pushing("image/rootfs"))
            for (path, what) in ours.differences(from: theirs) {
                let isExplained = Self.isOfTheRules(path, what) || rootfs[path] != nil || Self.isTheTests(path)
                #expect(isExplained, "\(what) \(path): \(ours[path] ?? [:]) \(theirs[path] ?? [:])")
            }
        }

        private static let script = FilePath(#filePath).removingLastComponent().removingLastComponent()
            .pushing("Fixtures/strict")

        /// dpkg lists files that the path filters exclude.
        private static func isOfTheRules(_ path: String, _ what: String) -> Bool {
            path.hasPrefix("var/lib/dpkg/info/") && path.hasSuffix(".list") && what == "contents"
        }

        /// Directories that the test mounts something on.
        private static func isTheTests(_ path: String) -> Bool {
            path == "dev" || path.hasPrefix("dev/") || path == "proc"
        }
    }
}
