// SPDX-License-Identifier: Apache-2.0

import Core
import Testing

@Suite struct ByteSizeTests {
    @Test(
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1240, "1.2 kB"), (9949, "9.9 kB"), (9950, "10 kB"),
            (87_400_000, "87 MB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (193_000_000, "193 MB"),
            (1_449_000_000, "1.4 GB"), (UInt64.max, "18 EB"),
        ] as [(UInt64, String)])
    func written(_ count: UInt64, _ text: String) { #expect(ByteSize(count).description == text) }

    @Test(
        arguments: [
            ("0", 0), ("5000000", 5_000_000), ("12b", 12), ("20MB", 20_000_000), ("20 mb", 20_000_000),
            ("4.5MB", 4_500_000), ("1kB", 1000), ("1TB", 1_000_000_000_000), ("4GiB", 4 << 30), ("2MiB", 2 << 20),
            ("4g", 4 << 30), ("512M", 512 << 20), ("1.5g", 3 << 29), ("9007199254740993", 9_007_199_254_740_993),
            ("", nil), ("g", nil), (".", nil), ("1.", nil), (".5g", nil), ("1.2.3", nil), ("-1", nil), ("+1", nil),
            ("1e3", nil), ("0x10", nil), ("٣g", nil), ("1 g b", nil), ("1q", nil), (" 1", nil), ("1048576TiB", nil),
            ("99999999999999999999", nil), ("nan", nil), ("inf", nil),
        ] as [(String, UInt64?)])
    func parsed(_ text: String, _ bytes: UInt64?) { #expect(ByteSize(text)?.bytes == bytes) }
}
