// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Transport

/// Reports the warnings of registries, each once (OCI distribution-spec, "Warnings").
package final class RegistryWarnings: Sendable {
    private let told = Mutex<Set<String>>([])
    private let report: @Sendable (String) -> Void

    /// The limit of different warnings, for a registry that sends an endless number of them.
    private static let limit = 20

    /// - Parameter report: Called with each warning as a sentence.
    package init(_ report: @escaping @Sendable (String) -> Void) { self.report = report }

    /// Reports the warnings in a response of `host`.
    func take(_ response: HTTPResponse, of host: String) {
        guard let field = response.headers["warning"] else { return }
        for text in Self.texts(field) {
            let isNew = told.withLock { $0.count < Self.limit && $0.insert("\(host) \(text)").inserted }
            if isNew { report("'\(host)' warns: \(text)") }
        }
    }

    /// The texts of a `Warning` field: "The warn-code MUST be 299, the warn-agent MUST be a hyphen".
    package static func texts(_ field: String) -> [String] {
        field.matches(of: /299 - "((?:[^"\\]|\\.)*)"/).map { match in
            ErrorDocument.sanitized(String(match.1.replacing(/\\(.)/) { $0.1 }))
        }.filter { !$0.isEmpty }
    }
}
