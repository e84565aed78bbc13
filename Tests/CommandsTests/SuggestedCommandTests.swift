// SPDX-License-Identifier: Apache-2.0

import Commands
import Testing

@Suite struct SuggestedCommandTests {
    private static let hint =
        "Run `opencode-docker build` first, or `opencode-docker build --base`; `opencode-docker resolve`. Not `opencode-docker builds`."

    @Test(arguments: [
        ([], hint),
        (["run", "--base", "--", "--image-dir", "a"], hint),
        (
            ["run", "--image-dir", "my image"],
            "Run `opencode-docker build --image-dir 'my image'` first, or `opencode-docker build --image-dir 'my image' --base`; `opencode-docker resolve --image-dir 'my image'`. Not `opencode-docker builds`."
        ),
        (
            ["verify", "--lock=l", "--image-dir=a"],
            "Run `opencode-docker build --image-dir a --lock l` first, or `opencode-docker build --image-dir a --lock l --base`; `opencode-docker resolve --image-dir a --lock l`. Not `opencode-docker builds`."
        ),
    ])
    func completed(arguments: [String], expected: String) {
        #expect(SuggestedCommand.completed(Self.hint, by: ["opencode-docker"] + arguments) == expected)
    }
}
