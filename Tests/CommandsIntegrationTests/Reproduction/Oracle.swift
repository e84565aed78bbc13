// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage
import Testing

/// What mmdebstrap makes of the packages of a lock, to compare with.
struct Oracle {
    /// Whether mmdebstrap is there.
    static let isPossible = Files.exists("/usr/bin/mmdebstrap")

    /// A store that has the packages.
    let store: FilePath
    let lock: FilePath
    /// A folder to work in.
    let work: FilePath
    /// Further differences of these packages, as in `Fixtures/mmdebstrap-differences`.
    var differences = ""

    /// Makes the root and holds `files`, an image's, against it; gives the lines of the rules that explained something.
    @discardableResult
    func compare(_ files: FilePath, leastFiles: Int) async throws -> Set<String> {
        try Files.makeDirectories(work)
        try await Shell.must(
            Self.install, [store.string, work.string, lock.string], environment: ["REPOSITORY": Bench.repository.string]
        )
        let rules = try Self.rules() + Self.rules(in: differences)
        var used: Set<String> = []
        let ours = try await [String: FileFacts].files(below: files)
        let theirs = try await [String: FileFacts].files(below: work.appending("root"))
        #expect(ours.count > leastFiles && theirs.count > leastFiles)
        for (path, what) in ours.differences(from: theirs) {
            let rule = rules.first { $0.what == what && fnmatch($0.pattern, path, 0) == 0 }
            #expect(rule != nil, "\(what) \(path): \(ours[path] ?? [:]) \(theirs[path] ?? [:])")
            if let rule { used.insert(rule.line) }
            if path.hasSuffix(".list"), what == "contents" { try compareLists(path, in: files, theirs) }
        }
        return used
    }

    /// dpkg's list of a package has what ours has, and what a path rule left out; the directories of manuals are no package's.
    private func compareLists(_ path: String, in files: FilePath, _ theirs: [String: FileFacts]) throws {
        let ours = try lines(of: files.pushing(FilePath(path)))
        let other = try lines(of: work.appending("root").pushing(FilePath(path)))
        let there = other.filter { line in
            let place = String(line.dropFirst())
            guard !line.hasPrefix("/usr/share/man/") else { return false }
            return line == "/." || theirs[place] != nil || theirs["usr/" + place] != nil
        }
        #expect(ours == there, "\(path)")
    }

    private func lines(of file: FilePath) throws -> [String] {
        String(decoding: try Files.read(file, limit: 1 << 24), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// A repository of the store's packages, and mmdebstrap on it with the path rules of image.yaml. Without network. The
    /// folders of manuals are there, as in the image: without them no JRE can be installed.
    private static let install = """
        set -eu; lock=$3; architecture=$(dpkg --print-architecture); mkdir -p "$2/repository/pool"
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
            --extract-hook='cd "$1/usr/share/man" && mkdir man1 man2 man3 man4 man5 man6 man7 man8' \\
            --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr "--include=$names" "$@" '' "$work/root" \\
            "deb [trusted=yes] copy://$work/repository ./" > "$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; exit 1; }
        """

    /// A difference that there may be.
    struct Rule {
        let line: String
        let what: String
        let pattern: String
    }

    /// The differences of every image.
    static func rules() throws -> [Rule] {
        let file = FilePath(#filePath).removingLastComponent().removingLastComponent()
            .pushing("Fixtures/mmdebstrap-differences")
        return rules(in: String(decoding: try Files.read(file, limit: 1 << 20), as: UTF8.self))
    }

    private static func rules(in text: String) -> [Rule] {
        text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix(" ") }.map { line in
            let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
            return Rule(line: String(line), what: String(words[0]), pattern: String(words[1]))
        }
    }
}
