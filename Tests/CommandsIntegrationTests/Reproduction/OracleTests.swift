// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Glibc
import SystemPackage
import Testing

extension EndToEnd {
    /// mmdebstrap, which lets apt and dpkg do all the work, makes the same root file system of the same packages: file by
    /// file, but for the differences that `Fixtures/mmdebstrap-differences` gives reasons for.
    @Suite(.serialized)
    struct OracleTests {
        @Test("the same files as mmdebstrap's", .enabled(if: Files.exists("/usr/bin/mmdebstrap")))
        func mmdebstrap() async throws {
            let image = try await Bench.shared.image()
            let work = Bench.folder.appending("oracle")
            defer { try? Files.removeTree(work) }
            try Files.makeDirectories(work)
            try await Shell.must(
                Self.install, [image.store.string, work.string],
                environment: ["REPOSITORY": Bench.repository.string])
            let rules = try Self.rules()
            var used: Set<String> = []
            let ours = try await [String: FileFacts].files(below: image.files)
            let theirs = try await [String: FileFacts].files(below: work.appending("root"))
            #expect(ours.count > 15_000 && theirs.count > 15_000)
            for (path, what) in ours.differences(from: theirs) {
                let rule = rules.first { $0.what == what && fnmatch($0.pattern, path, 0) == 0 }
                #expect(rule != nil, "\(what) \(path): \(ours[path] ?? [:]) \(theirs[path] ?? [:])")
                if let rule { used.insert(rule.line) }
            }
            for rule in rules { #expect(used.contains(rule.line), "explains nothing: \(rule.line)") }
        }

        /// A repository of the store's packages, and mmdebstrap on it with the path rules of image.yaml. Without network.
        private static let install = """
            set -eu; lock=$REPOSITORY/versions.lock; architecture=$(dpkg --print-architecture); mkdir -p "$2/repository/pool"
            fields=".architectures.$architecture[]"
            jq -r "$fields | .sha256 + \\" \\" + (.path | split(\\"/\\") | last)" "$lock" | while read -r digest name; do
                ln "$1/blobs/sha256/$digest" "$2/repository/pool/$name" || cp "$1/blobs/sha256/$digest" "$2/repository/pool/$name"
            done
            (cd "$2/repository" && dpkg-scanpackages pool > Packages 2> /dev/null)
            names=$(jq -r "[$fields.name] | join(\\",\\")" "$lock"); set -- "$2"
            set -f  # the patterns are dpkg's, and not of this machine's files
            for kind in exclude include; do
                for pattern in $(sed -n "/^  $kind:/,/^  [a-z]*:\\|^[a-z]/s/^    - \\([^ ]*\\).*/\\1/p" "$REPOSITORY/image/image.yaml"); do
                    set -- "$@" "--dpkgopt=path-$kind=$pattern"
                done
            done
            work=$1; shift
            unshare --mount --propagation private mmdebstrap --quiet --mode=root --variant=apt \\
                --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr "--include=$names" "$@" '' "$work/root" \\
                "deb [trusted=yes] copy://$work/repository ./" > "$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; exit 1; }
            """

        private struct Rule {
            let line: String
            let what: String
            let pattern: String
        }

        private static func rules() throws -> [Rule] {
            let file = FilePath(#filePath).removingLastComponent().removingLastComponent()
                .pushing("Fixtures/mmdebstrap-differences")
            let text = String(decoding: try Files.read(file, limit: 1 << 20), as: UTF8.self)
            return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
                let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
                return Rule(line: String(line), what: String(words[0]), pattern: String(words[1]))
            }
        }
    }
}
