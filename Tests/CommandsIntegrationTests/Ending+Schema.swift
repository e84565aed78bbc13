// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension Ending {
    /// Expects that the output is what `docs/schemas` says, by Python's jsonschema.
    func expectSchema(_ name: String) async throws {
        let file = Harness.directory.appending("\(name)-\(Files.uniqueSuffix()).json")
        defer { try? Files.removeTree(file) }
        try Files.makeDirectories(Harness.directory)
        try Files.write(Array(output.utf8), to: file)
        let ending = try await Shell.run(
            "/usr/bin/python3 -W ignore -m jsonschema -i \"$1\" \"$2/docs/schemas/$3.schema.json\"",
            [file.string, Harness.repository.string, name])
        #expect(ending.status == 0, "\(name): \(ending.error)")
    }
}
