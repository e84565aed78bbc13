// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

/// The schema of `release.json` in docs/schemas, checked with python3-jsonschema.
@Suite struct RecordSchemaTests {
    @Test("release.json keeps to its schema, which refuses a record without its image")
    func record() async throws {
        let fixture = try Fixture()
        try await fixture.found()
        let machine = try await fixture.machine("here")
        try await machine.release()
        let source = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let schema = source.pushing("docs/schemas/release.json.schema.json")
        let check = "/usr/bin/python3 -W ignore -m jsonschema -i ../record.json \(schema)"
        try await machine.shell("git show v1.0.0:release.json > ../record.json; \(check)")
        await #expect(throws: Fixture.ShellFailed.self) {
            try await machine.shell("sed -i 's/\"image\":/\"picture\":/' ../record.json; \(check)")
        }
    }
}
