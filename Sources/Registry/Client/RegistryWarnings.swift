// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Transport

/// What registries want the user to know, each thing told once (OCI distribution-spec, "Warnings").
package final class RegistryWarnings: Sendable {
    private let told = Mutex<Set<String>>([])
    private let report: @Sendable (String) -> Void

    /// So many different ones are told, of a registry that finds no end.
    private static let limit = 20

    /// - Parameter report: Is given each warning as a sentence.
    package init(_ report: @escaping @Sendable (String) -> Void) { self.report = report }

    /// Tells what an answer of `host` has to say.
    func take(_ response: HTTPResponse, of host: String) {
        guard let field = response.headers["warning"] else { return }
        for text in Self.texts(field) {
            let isNew = told.withLock { $0.count < Self.limit && $0.insert("\(host) \(text)").inserted }
            if isNew { report("'\(host)' says: \(text)") }
        }
    }

    /// The texts of a `Warning` field: "The warn-code MUST be 299, the warn-agent MUST be a hyphen".
    package static func texts(_ field: String) -> [String] {
        field.matches(of: /299 - "((?:[^"\\]|\\.)*)"/).map { match in
            ErrorDocument.sanitized(String(match.1.replacing(/\\(.)/) { $0.1 }))
        }.filter { !$0.isEmpty }
    }
}
