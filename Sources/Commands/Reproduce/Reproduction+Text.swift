// SPDX-License-Identifier: Apache-2.0

import ImageComparison
import OCI

extension Reproduction.Outcome {
    /// The result as text; for equal images the digest is the last line.
    var text: String {
        if isSame { return "The same image.\n\(rebuilt)\n" }
        let rows = difference.map { "\($0.name.padded(to: 9)) \($0.value.sanitized)\n" }
        return "A different image.\nexpected  \(expected)\nrebuilt   \(rebuilt)\n" + rows.joined()
    }

    /// The result as JSON (docs/schemas/reproduce.schema.json).
    var json: JSONValue {
        var object: [String: JSONValue] = [
            "schema": .string("opencode-docker.reproduce/1"), "same": .bool(isSame),
            "rebuilt": .string(rebuilt.description), "expected": .string(expected.description),
        ]
        if !difference.isEmpty {
            let members = difference.map { ($0.name, JSONValue.string($0.value)) }
            object["difference"] = .object(Dictionary(members) { first, _ in first })
        }
        return .object(object)
    }
}
