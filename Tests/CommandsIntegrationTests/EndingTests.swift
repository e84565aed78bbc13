// SPDX-License-Identifier: Apache-2.0

import Core
import Testing

extension EndToEnd {
    /// The end of the process.
    struct EndingTests {
        @Test(
            "no exit handler runs: a connection may still be closing on a thread, and OpenSSL's handler takes its locks away",
            arguments: [(["--version"], Int32(0)), (["diff"], 64), (["diff", "oci:/nowhere", "oci:/nowhere"], 64)]
                as [([String], Int32)])
        func handlers(arguments: [String], status: Int32) async throws {
            // ld.so(8): at exit(3) the loader logs each library whose handlers are called.
            let ending = try await Harness.run(arguments, store: Harness.directory, environment: ["LD_DEBUG": "files"])
            #expect(ending.status == status, "\(ending.error.suffix(500))")
            #expect(ending.error.contains("calling init: /"))
            #expect(!ending.error.contains("calling fini: "))
        }

        @Test(
            "A low limit of the address space is raised, or named before anything begins",
            arguments: [("ulimit -S -v 200000", Int32(0)), ("ulimit -v 200000", 2)])
        func addressSpace(limit: String, status: Int32) async throws {
            let ending = try await Harness.run(["--version"], store: Harness.directory, prefix: limit)
            #expect(ending.status == status, "\(ending.error)")
            let sentence = "error: The address space is limited to 205 MB, and 2.0 GB are needed.\n"
            #expect(ending.error.hasPrefix(status == 0 ? "" : sentence))
        }

        @Test("A failed write to standard output is an error")
        func fullDisk() async throws {
            for arguments in [["--version"], ["resolve", "--help"]] {
                let ending = try await Harness.run(arguments, store: Harness.directory, prefix: "exec > /dev/full")
                #expect(ending.status == 2)
                #expect(ending.error.hasPrefix("error: Cannot write 'standard output': No space left on device.\n"))
            }
        }
    }
}
