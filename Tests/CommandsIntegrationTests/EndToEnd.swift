// SPDX-License-Identifier: Apache-2.0

import Testing

/// The program as people run it, as root, against the machine's own Debian mirror.
///
/// One test at a time: they share an image, and measure what is mounted and running.
@Suite(.serialized, .enabled(if: Harness.isPossible))
struct EndToEnd {}
