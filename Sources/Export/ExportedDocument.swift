// SPDX-License-Identifier: Apache-2.0

/// The rules of a hardening profile: the names of its properties.
package enum HardeningRule: String, CaseIterable, Sendable {
    case capabilities, noNewPrivileges, seccomp, maskedPaths, readOnlyPaths, readOnlyRoot, sudo, network, limits
    case temporaryFileSystems, namespaces
}

/// A rule of the profile that a document cannot express, or expresses differently.
package struct ExportRemark: Hashable, Sendable {
    /// The rule.
    package let rule: HardeningRule
    /// A sentence for the user.
    package let text: String

    init(_ rule: HardeningRule, _ text: String) { (self.rule, self.text) = (rule, text) }
}

/// An exported document.
package struct ExportedDocument: Hashable, Sendable {
    /// The text, with the remarks as comments at the top.
    package let text: String
    /// The rules that the document does not contain as the profile has them.
    package let remarks: [ExportRemark]

    /// - Parameters:
    ///   - mark: The sign of a comment.
    ///   - body: The document without comments.
    init(_ form: ExportForm, of request: ExportRequest, mark: String, remarks: [ExportRemark], body: String) {
        // The name is a key of a file, which may contain anything.
        let profile = request.profile.name.split { !String($0).isWritableInDocuments }.joined(separator: "?")
        var lines = ["Made by `opencode-docker export \(form.rawValue)` from the hardening profile '\(profile)'."]
        if !remarks.isEmpty { lines += ["Other than in the profile:"] }
        lines += remarks.flatMap { Self.wrapped($0.text) }
        lines += ["What only `opencode-docker run` does, and such a container lacks:"]
        lines += request.lacks(form).flatMap { Self.wrapped($0) }
        text = lines.map { "\(mark) \($0)\n" }.joined() + body
        self.remarks = remarks
    }

    /// The lines of a remark, up to about 100 columns.
    private static func wrapped(_ text: String) -> [String] {
        var lines = ["*"]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].utf8.count + word.utf8.count > 96 { lines.append(" ") }
            lines[lines.count - 1] += " " + word
        }
        return lines
    }
}
