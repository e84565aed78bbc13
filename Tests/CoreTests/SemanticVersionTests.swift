// SPDX-License-Identifier: Apache-2.0

import Core
import Testing

@Suite struct SemanticVersionTests {
    @Test(
        "The version in an image's tag or label",
        arguments: [
            ("1.2.3", "1.2.3"), ("1.2.3-base", "1.2.3"), ("1.2-base", nil), ("latest-base", nil), ("-base", nil),
            ("1.2.3-base-base", nil), ("1.2.3-rc1", nil), ("", nil),
        ] as [(String, String?)])
    func ofImage(name: String, version: String?) { #expect(SemanticVersion(ofImage: name)?.description == version) }
}
