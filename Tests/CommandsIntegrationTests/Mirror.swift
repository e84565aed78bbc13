// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A mirror on loopback that passes the machine's own on, and lies about some of its files (`Fixtures/mirror.py`).
///
/// It also stands in for snapshot.debian.org: below `/archive/NAME/TIME/` it has the mirror's `/NAME/` as it is.
struct Mirror {
    /// What it does to a file.
    ///
    /// A release file that is `longer` has another digest and says the same, with a signature that holds.
    enum Fault: String { case missing, flipped, truncated, text, longer }

    /// Where it listens, for `--mirror`.
    let address: String

    /// Serves for the time of `body`; `pattern` is a regular expression for the paths of the files it lies about.
    static func with<Result: Sendable>(
        _ fault: Fault, _ pattern: String, _ body: @Sendable (Mirror) async throws -> Result
    ) async throws -> Result {
        try await Loopback.with("mirror.py", [try await upstream(), fault.rawValue, pattern]) { port in
            try await body(Mirror(address: "http://127.0.0.1:\(port)"))
        }
    }

    /// The address above the machine's own `debian`.
    static func upstream() async throws -> String {
        let script = "apt-get indextargets --format '$(REPO_URI)' | sed -n 's,/debian/*$,,p' | sort -u | head -n 1"
        return try await Shell.must(script).trimmingCharacters(in: .newlines)
    }
}
