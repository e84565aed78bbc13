// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// mmdebstrap, which uses apt and dpkg for everything, creates the same root file system from the reference image's
    /// packages, except for the differences that `Tests/breadth/differences` explains. `make breadth` does the same
    /// with other packages.
    @Suite(.serialized, .enabled(if: Files.exists("/usr/bin/mmdebstrap")))
    struct OracleTests {
        @Test("The same files as mmdebstrap's")
        func mmdebstrap() async throws {
            let image = try await Harness.shared.image()
            let work = Harness.directory.appending("oracle")
            defer { try? Files.removeTree(work) }
            let ending = try await Shell.run(
                """
                mkdir -p "$3" && "$BREADTH/mmdebstrap" "$1" "$2" "$3" &&
                    /usr/bin/python3 "$BREADTH/compare.py" "$4" "$3/root" --used "$3/used"
                """,
                [
                    image.store.string, Harness.repository.appending("versions.lock").string, work.string,
                    image.files.string,
                ], environment: ["BREADTH": Self.breadth.string, "PYTHONDONTWRITEBYTECODE": "1"])
            #expect(ending.status == 0, "\(ending.output)\(ending.error)")
            let used = Set(try Self.lines(work.appending("used")))
            for rule in try Self.rulesOfEveryImage() where !used.contains(rule) {
                #expect(Bool(false), "explains nothing: \(rule)")
            }
        }

        private static let breadth = Harness.repository.pushing("Tests/breadth")

        /// The lines of the table before those of single packages.
        private static func rulesOfEveryImage() throws -> [String] {
            try lines(breadth.appending("differences")).prefix { !$0.hasPrefix("## ") }
                .filter { !$0.hasPrefix("#") && !$0.hasPrefix(" ") }
        }

        private static func lines(_ file: FilePath) throws -> [String] {
            String(decoding: try Files.read(file, limit: 1 << 20), as: UTF8.self).split(separator: "\n").map(
                String.init)
        }
    }
}
