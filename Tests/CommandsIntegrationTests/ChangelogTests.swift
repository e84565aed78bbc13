// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension EndToEnd {
    /// `changelog` as users call it, on the project's own lock.
    @Suite(.serialized)
    struct ChangelogTests {
        private static let lock = Harness.repository.appending("versions.lock")

        /// A lock with version 0 of `package`.
        private static func older(_ package: String) async throws -> FilePath {
            try Files.makeDirectories(Harness.directory)
            let copy = Harness.directory.appending("older-\(Files.uniqueSuffix()).lock")
            try await Shell.must(
                """
                sed '/"name": "'"$2"'"/s/"\\(sourceVersion\\|version\\)": "[^"]*"/"\\1": "0"/g' "$1" > "$3"
                ! cmp -s "$1" "$3"
                """, [lock.string, package, copy.string])
            return copy
        }

        /// A file of the project of another kind.
        private static func other(_ name: String) -> String { Harness.repository.appending(name).string }

        private static func run(_ arguments: [String]) async throws -> Ending {
            try await Harness.run(
                ["changelog", "--quiet"] + arguments, store: Harness.directory.appending("changelog-store"))
        }

        @Test func theSameLockChangesNothing() async throws {
            let ending = try await Self.run(["--from", Self.lock.string, "--explain"])
            #expect(ending.status == 0 && ending.output == "Nothing changed.\n" && ending.error.isEmpty)
        }

        @Test func everyFormTellsTheUpdate() async throws {
            let old = try await Self.older("apt")
            let text = try await Self.run(["--from", old.string, "--to", Self.lock.string, "--explain"])
            #expect(text.status == 0, "\(text.error)")
            #expect(text.output.contains(": apt 0 -> "))
            #expect(text.output.contains("changelog of "))
            let json = try await Self.run(["--from", old.string, "--format", "json"])
            try await json.expectSchema("changelog")
            let told = try await Shell.must(
                "printf %s \"$1\" | jq -r '.sources[] | .source, .old, (.cves | length > 0)'", [json.output])
            #expect(told == "apt\n0\ntrue\n")
            let page = try await Self.run(["--from", old.string, "--format", "html"])
            #expect(page.output.hasPrefix("<!doctype html>") && page.output.hasSuffix("</html>\n"))
            #expect(try await Self.run(["--from", old.string, "--format", "html"]).output == page.output)
        }

        @Test func badInputIsSaid() async throws {
            expectSentence(try await Self.run(["--from", "/nothing"]), .broken, ["There is no lock file '/nothing'."])
            let old = try await Self.older("apt")
            let ending = try await Self.run(["--from", old.string, "--tracker", Self.other("Package.swift")])
            expectSentence(ending, .usage, ["is not a snapshot of Debian's security tracker"])
            let list = try await Self.run(["--from", old.string, "--dla-list", Self.other("README.md")])
            expectSentence(list, .usage, ["README.md, line 1: expected '[date] DSA"])
        }
    }
}
