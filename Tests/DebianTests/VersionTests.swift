// SPDX-License-Identifier: Apache-2.0

import Debian
import Testing

@Suite struct VersionTests {
    @Test(arguments: [
        ("1.0", "1.0", 0), ("1.0", "1.00", 0), ("1.0-0", "1.0", 0), ("0:1", "1", 0), ("1~rc1", "1", -1),
        ("1", "1a", -1),
        ("1a", "1+", -1), ("1.2", "1.10", -1), ("9:1", "10:0", -1), ("1-1", "1-1+deb12u1", -1), ("2.0~", "2.0~~", 1),
        ("1.0-1~bpo12", "1.0-1", -1), ("1:0.1", "9.9", 1), ("1.0a~", "1.0a", -1),
    ])
    func order(_ left: String, _ right: String, _ expected: Int) throws {
        let (left, right) = (try DebianVersion(left), try DebianVersion(right))
        #expect(left.order(to: right).signum() == expected)
        #expect(right.order(to: left).signum() == -expected)
    }

    @Test(arguments: ["", "a", "-1", "1:", ":1", "1.0-", "1 0", "1_0", "x:1", "1.0-a_b", "1\n"])
    func refused(_ text: String) {
        #expect(throws: DebianError.malformedVersion(text)) { try DebianVersion(text) }
    }
}
