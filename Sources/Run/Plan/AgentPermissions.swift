// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage

/// Whether configurations of OpenCode decide about directories outside of the project. A rule of the container's own
/// configuration, which overrides all others, would replace theirs, also one that denies.
package enum AgentPermissions {
    private static let key = "external_directory"

    /// Whether one of `configurations` decides, or cannot be read.
    ///
    /// - Parameters:
    ///   - configurations: The texts of configurations: JSON with comments.
    ///   - permission: The value of `OPENCODE_PERMISSION`: the JSON of the key `permission`.
    package static func decide(in configurations: [[UInt8]], permission: String? = nil) -> Bool {
        configurations.contains { decides($0, as: Configuration.self) }
            || permission.map { decides(Array($0.utf8), as: Rules.self) } ?? false
    }

    private struct Configuration: Decodable { let permission: Rules? }

    /// Rules by tool. A word for all tools, a pattern for several, and a value of another type, cannot be decoded.
    private struct Rules: Decodable {
        init(from decoder: any Decoder) throws {
            let tools = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue)
            // Names of tools are patterns.
            if let tool = tools.first(where: { $0.contains("*") || $0.contains("?") }) {
                throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: tool))
            }
        }
    }

    private struct Key: CodingKey {
        let (stringValue, intValue): (String, Int?)
        init?(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
        init?(intValue: Int) { nil }
    }

    /// A rule of an agent or a mode counts as well as that of all, so the key is looked for anywhere.
    private static func decides(_ text: [UInt8], as type: (some Decodable).Type) -> Bool {
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        guard (try? decoder.decode(type, from: Data(text))) != nil else { return true }
        let words = String(decoding: text, as: UTF8.self)
        return words.contains(key) || words.contains("\\u")
    }
}
