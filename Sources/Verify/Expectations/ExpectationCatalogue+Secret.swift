// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    /// A token that was passed as credentials are: readable by the user, and found nowhere else.
    static let secret: [Expectation] = [
        agent(.secret(.planted), "value:held"),
        [SecretProbe.state, .processes, .logs, .git, .image].flatMap { host(.secret($0), "value:none") },
    ].flatMap(\.self)
}
