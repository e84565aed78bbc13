// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// An ordinary user with subordinate IDs (subuid(5)) builds the same image as root.
    @Suite(.serialized)
    struct RootlessBuildTests {
        /// The user exists only in a mount namespace of this test: modified copies of the machine's files are mounted
        /// over them, and `set -e` ends the script before any write when a mount fails.
        private static let asOrdinaryUser = """
            set -e; files=$(mktemp -d); chmod 755 "$files"; home=$files/home; mkdir "$home"
            { cat /etc/passwd; echo "builder:x:4242:4242::$home:/bin/sh"; } > "$files/passwd"
            { cat /etc/group; echo "builder:x:4242:"; } > "$files/group"
            echo "builder:$FIRST:65536" > "$files/subuid"; cp "$files/subuid" "$files/subgid"
            for file in passwd group subuid subgid; do mount --bind "$files/$file" "/etc/$file"; done
            chown -R 4242:4242 "$OPENCODE_DOCKER_STORE" "$home"
            export HOME=$home
            exec setpriv --reuid 4242 --regid 4242 --init-groups "$PROGRAM" "$@"
            """

        @Test("the same image as root's", arguments: [200_000, 3_000_000])
        func sameDigest(firstID: Int) async throws {
            let image = try await SmallImage.shared.image()
            let store = try await SmallImage.shared.coldStore("rootless-\(firstID)", command: "cp")
            defer { try? Files.removeTree(store) }
            let ending = try await SmallImage.run(
                ["build", "--base"], store: store, environment: ["SCRIPT": Self.asOrdinaryUser, "FIRST": "\(firstID)"],
                script: "exec unshare --mount --propagation private sh -c \"$SCRIPT\" sh \"$@\"")
            #expect(ending.status == 0, "\(ending.error)")
            #expect(ending.lastLine == image.digest)
        }

        @Test("Without subordinate IDs the hint names the solution")
        func noSubordinateIDs() async throws {
            _ = try await SmallImage.shared.image()
            let store = try await SmallImage.shared.coldStore("rootless-none", command: "cp")
            defer { try? Files.removeTree(store) }
            let ending = try await SmallImage.run(
                ["build", "--base"], store: store, environment: ["SCRIPT": Self.asOrdinaryUser, "FIRST": "nonsense"],
                script: "exec unshare --mount --propagation private sh -c \"$SCRIPT\" sh \"$@\"")
            #expect(ending.status == 2)
            #expect(ending.error.contains("/etc/subuid"), "\(ending.error)")
        }
    }
}
