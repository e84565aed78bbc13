// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage

/// The project of the guard tests.
enum GuardFixture {
    /// Creates a repository with one commit in the directory `p` of `$1`, and changes to it.
    static let setUp = """
        export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b HOME="$1"
        cd "$1"; git init -q p; cd p; git commit -q --allow-empty -m x
        """

    /// The workspace alone, as a start mounts it.
    static func trees(_ workspace: FilePath) throws -> [GuardedTree] {
        [GuardedTree(try ContainerTree(workspace), target: "/workspace")]
    }
}
