// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A mirror on loopback that forwards to the machine's own, and corrupts some of its files (`Fixtures/mirror.py`).
///
/// It also simulates snapshot.debian.org: below `/archive/NAME/TIME/` it serves the mirror's `/NAME/` unchanged.
struct Mirror {
    /// The fault of a file.
    ///
    /// A `longer` release file has another digest but the same contents, with a valid signature.
    enum Fault: String { case missing, flipped, truncated, text, longer }

    /// The address, for `--mirror`.
    let address: String

    /// Serves for the duration of `body`; `pattern` is a regular expression for the paths of the corrupted files.
    static func with<Result: Sendable>(
        _ fault: Fault, _ pattern: String, _ body: @Sendable (Mirror) async throws -> Result
    ) async throws -> Result {
        try await Loopback.with("mirror.py", [try await upstream(), fault.rawValue, pattern]) { port in
            try await body(Mirror(address: "http://127.0.0.1:\(port)"))
        }
    }

    /// The parent address of the machine's own `debian`.
    static func upstream() async throws -> String {
        let script = "apt-get indextargets --format '$(REPO_URI)' | sed -n 's,/debian/*$,,p' | sort -u | head -n 1"
        return try await Shell.must(script).trimmingCharacters(in: .newlines)
    }
}
