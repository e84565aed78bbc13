// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import TestSupport
import Testing

@Suite struct OCIErrorTests {
    static let digest = Digest(of: [])

    static let shown: [(OCIError, String, Core.ExitStatus)] = [
        (.unknownPlatform("linux/386"), "'linux/386' is not a platform this program knows.", .usage),
        (
            .invalidReference("A", .repository),
            "'A' is not an image reference: the path is not words of lower-case letters and digits.", .usage
        ),
        (
            .json(.unexpected(0x7D), line: 3, column: 7), "Line 3, column 7 of the JSON text: '}' is not allowed here.",
            .broken
        ),
        (
            .json(.unexpected(0x0A), line: 1, column: 2),
            "Line 1, column 2 of the JSON text: the byte 0xa is not allowed here.", .broken
        ),
        (
            .missingBlob(digest, in: "/x"),
            "The blob \(digest) is missing from '/x', or has a wrong length.", .broken
        ),
        (.unknownTag("t", among: ["u"], in: "/x"), "There is no image 't' in '/x'.", .broken),
    ]

    @Test(arguments: shown) func says(_ error: OCIError, _ sentence: String, _ status: Core.ExitStatus) {
        #expect(error.sentence == sentence)
        #expect(error.exitStatus == status)
    }

    /// An error in a document contains the document and the position.
    @Test func documentFaultsNameThePlace() throws {
        let scratch = try Scratch()
        let digest = try scratch.store.insert(Array(#"{"schemaVersion":2,"config":{"size":1}}"#.utf8))
        let error = #expect(throws: OCIError.self) { try Image.load(digest, from: scratch.store) }
        #expect(error == .document("manifest \(digest)", problem: "'config' has no 'mediaType'."))
    }
}
