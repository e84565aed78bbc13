// SPDX-License-Identifier: Apache-2.0

/// Removes private data from a text: secrets of the environment, credentials in addresses, and the names of the user
/// and the machine.
package struct Redaction {
    private let replacements: [(text: String, by: String)]

    /// Collects the secrets and names of the environment.
    ///
    /// - Parameters:
    ///   - home: The user's home directory, which becomes `~`.
    ///   - names: Names of the user and of the machine, which are replaced by `[name]`.
    package init(environment: [String: String], home: String, names: [String]) {
        let secrets = environment.filter { Self.isSecret($0.key) && $0.value.count >= 4 }.values
            .sorted { $0.count > $1.count }.map { (text: $0, by: "[removed]") }
        let home = home.count > 1 ? [(text: home, by: "~")] : []
        replacements = secrets + home + names.filter { $0.count >= 3 && $0 != "root" }.map { (text: $0, by: "[name]") }
    }

    /// Returns `text` without private data.
    package func apply(_ text: String) -> String {
        // The user information and the query of an address (RFC 3986, sections 3.2.1 and 3.4).
        var text = text.replacing(/([A-Za-z][A-Za-z0-9+.\-]*:\/\/)[^\/\s@'"]*@/) { "\($0.output.1)[removed]@" }
        for (secret, replacement) in replacements { text = text.replacing(secret, with: replacement) }
        return text.replacing(/(:\/\/[^\s?'"]*\?)[^\s'"]+/) { "\($0.output.1)[removed]" }
    }

    /// Returns whether a variable of that name may contain a secret.
    static func isSecret(_ name: String) -> Bool {
        let name = name.uppercased()
        return ["TOKEN", "KEY", "SECRET", "PASS", "CREDENTIAL", "AUTH", "COOKIE", "SESSION"].contains(
            where: name.contains)
    }
}
