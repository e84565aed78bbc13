// SPDX-License-Identifier: Apache-2.0

import Engine
import Export
import Foundation
import ImageDefinition
import OCI
import SystemPackage

/// Requests of the profiles in this project's image/hardening.yaml.
enum ExportFixture {
    static let definition = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        .appending("image")

    static func profile(_ name: String) throws -> HardeningProfile {
        try HardeningDefinition.load(definition).profile(name)
    }

    static func request(
        _ name: String, _ change: (inout ExportRequest) -> Void = { _ in }
    ) throws -> ExportRequest {
        var request = ExportRequest(
            profile: try profile(name), image: "opencode-docker:1.0.0", name: "opencode",
            user: ExportedUser(name: "opencode", userID: 1000, groupID: 1000, home: "/home/opencode"))
        request.health = HealthCheck(test: ["CMD", "/health"], interval: 30_000_000_000, retries: 3)
        change(&request)
        return request
    }

    static func document(
        _ form: ExportForm, _ name: String, _ change: (inout ExportRequest) -> Void = { _ in }
    ) throws -> ExportedDocument {
        try Exporter(form).document(request(name, change))
    }
}

/// A parsed document, from YAML or JSON.
struct ParsedValue {
    let value: Any?

    subscript(key: String) -> ParsedValue { ParsedValue(value: (value as? [String: Any])?[key]) }
    subscript(index: Int) -> ParsedValue {
        let list = value as? [Any] ?? []
        return ParsedValue(value: list.indices.contains(index) ? list[index] : nil)
    }
    var texts: [String]? { value as? [String] }
    var text: String? { value as? String }
    var number: Int? { value as? Int }
    var flag: Bool? { value as? Bool }
    var keys: Set<String> { Set((value as? [String: Any] ?? [:]).keys) }
    /// The members of a list with `value` at `key`.
    func first(where key: String, is value: String) -> ParsedValue {
        let list = self.value as? [Any] ?? []
        return ParsedValue(value: list.first { ($0 as? [String: Any])?[key] as? String == value })
    }
}
