// SPDX-License-Identifier: Apache-2.0

import Engine
import SystemPackage

extension FilePath {
    /// The path as a word of a POSIX shell, for a command in a hint: a container may have chosen the name.
    package var shellWord: String { ShellWord.quote(string) }
}

extension String {
    /// The text as a word of a POSIX shell, for a command in a hint.
    package var shellWord: String { ShellWord.quote(self) }
}
