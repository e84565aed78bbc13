// SPDX-License-Identifier: Apache-2.0

import Testing

/// The program as users run it, as root, with the machine's own Debian mirror.
///
/// The tests are serialized: they share an image, and check the machine's mounts and processes.
@Suite(.serialized, .enabled(if: Harness.isPossible))
struct EndToEnd {}
