// SPDX-License-Identifier: Apache-2.0

import OCI
import Transport

/// The error document of a response (OCI distribution-spec, "Error Codes"), sanitized for a terminal.
struct ErrorDocument: Hashable {
    /// The code of the first error, such as `MANIFEST_INVALID`.
    let code: String?
    /// Code and message as a clause; empty when the response has neither.
    let text: String

    /// Parses the body of a response; a body without errors gives an empty text.
    init(_ response: HTTPResponse) {
        let errors = (try? JSONValue(parsing: response.body, limit: 1 << 16))?["errors"]?.array ?? []
        code = errors.first?["code"]?.string.map(Self.sanitized)
        let message = errors.first?["message"]?.string.map(Self.sanitized)
        text = [code, message].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// One line of at most 200 printable characters.
    static func sanitized(_ text: String) -> String {
        String(text.unicodeScalars.prefix(200).map { isPrintable($0) ? Character($0) : " " })
            .split(separator: " ").joined(separator: " ")
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
