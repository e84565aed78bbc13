// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// The properties of one path from find(1) and sha256sum(1): type, mode, owner, and contents (a digest, or a link's
/// target).
typealias FileFacts = [String: String]

extension [String: FileFacts] {
    /// Everything below `root`, by path.
    static func files(below root: FilePath) async throws -> Self {
        let list = try await Shell.must(
            "cd \"$1\" && find . -mindepth 1 -printf '%P\\t%y\\t%m\\t%U:%G\\t%l\\n'", [root.string])
        let sums = try await Shell.must(
            "cd \"$1\" && find . -type f -exec sha256sum -z {} + | tr '\\0' '\\n'", [root.string])
        var files: Self = [:]
        for line in list.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            files[fields[0]] = ["type": fields[1], "mode": fields[2], "owner": fields[3], "contents": fields[4]]
        }
        for line in sums.split(separator: "\n") {
            files[String(line.dropFirst(68)), default: [:]]["contents"] = String(line.prefix(64))
        }
        return files
    }

    /// The differences, sorted by path: `ours` or `theirs` for paths of only one side, otherwise the differing
    /// property.
    func differences(from theirs: Self) -> [(path: String, what: String)] {
        Set(keys).union(theirs.keys).sorted().flatMap { path in
            Self.differences(self[path], theirs[path]).map { (path, $0) }
        }
    }

    private static func differences(_ ours: FileFacts?, _ theirs: FileFacts?) -> [String] {
        guard let ours else { return ["theirs"] }
        guard let theirs else { return ["ours"] }
        return ["type", "mode", "owner", "contents"].filter { ours[$0] != theirs[$0] }
    }
}
