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
            let ours = try await Self.files(below: image.files)
            let theirs = try await Self.files(below: work.appending("root"))
            #expect(ours.count > 15_000 && theirs.count > 15_000)
            for path in Set(ours.keys).union(theirs.keys).sorted() {
                for what in Self.differences(ours[path], theirs[path]) {
                    let rule = rules.first { $0.what == what && fnmatch($0.pattern, path, 0) == 0 }
                    #expect(rule != nil, "\(what) \(path): \(ours[path] ?? [:]) \(theirs[path] ?? [:])")
                    if let rule { used.insert(rule.line) }
                }
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

        /// Type, mode, owner, link target and digest of everything, as find(1) and sha256sum(1) tell.
        private static func files(below root: FilePath) async throws -> [String: [String: String]] {
            let list = try await Shell.must(
                "cd \"$1\" && find . -mindepth 1 -printf '%P\\t%y\\t%m\\t%U:%G\\t%l\\n'", [root.string])
            let sums = try await Shell.must(
                "cd \"$1\" && find . -type f -exec sha256sum -z {} + | tr '\\0' '\\n'", [root.string])
            var files: [String: [String: String]] = [:]
            for line in list.split(separator: "\n") {
                let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                files[fields[0]] = ["type": fields[1], "mode": fields[2], "owner": fields[3], "contents": fields[4]]
            }
            for line in sums.split(separator: "\n") {
                files[String(line.dropFirst(68)), default: [:]]["contents"] = String(line.prefix(64))
            }
            return files
        }

        private static func differences(_ ours: [String: String]?, _ theirs: [String: String]?) -> [String] {
            guard let ours else { return ["theirs"] }
            guard let theirs else { return ["ours"] }
            return ["type", "mode", "owner", "contents"].filter { ours[$0] != theirs[$0] }
        }
    }
}
