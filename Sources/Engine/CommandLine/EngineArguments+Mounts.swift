// SPDX-License-Identifier: Apache-2.0

import SystemPackage

extension EngineArguments {
    /// Tmpfs mounts first, then bind mounts, which may be inside of them.
    ///
    /// `-v` is never used: it treats a colon as a separator, and creates a missing source as a directory of root.
    func mounts(_ plan: ContainerPlan) throws(EngineError) -> [String] {
        var words = try memory(plan.profile, owner: ["uid=\(plan.userID)", "gid=\(plan.groupID)"])
        for mount in plan.mounts { words += ["--mount", try bind(mount)] }
        return words
    }

    /// Tmpfs mounts.
    ///
    /// - Parameter owner: The options of Docker for a directory of the user's.
    func memory(_ profile: HardeningProfile, owner: [String]) throws(EngineError) -> [String] {
        var words: [String] = []
        for directory in profile.temporaryFileSystems {
            words += try dialect == .docker ? dockerMemory(directory, owner) : podmanMemory(directory)
        }
        return words
    }

    /// Docker's `--mount type=tmpfs` supports neither an owner nor `exec`, and mounts with `noexec` by default.
    private func dockerMemory(
        _ directory: TemporaryFileSystem, _ user: [String]
    ) throws(EngineError) -> [String] {
        guard !directory.target.utf8.contains(UInt8(ascii: ":")) else {
            throw .unmountable(directory.target, "it contains a colon", dialect.kind)
        }
        let size = directory.sizeBytes.map { ["size=\($0)"] } ?? []
        let owner = directory.owner == .user ? user : []
        let options = ["rw"] + directory.options + execution(directory) + owner + size
        return ["--tmpfs", "\(try text(of: FilePath(directory.target))):\(options.joined(separator: ","))"]
    }

    /// Podman's `--tmpfs` supports no owner. Without `notmpcopyup` the mount would contain the image's files at that
    /// path.
    private func podmanMemory(_ directory: TemporaryFileSystem) throws(EngineError) -> [String] {
        let options = directory.options.map { $0.hasPrefix("mode=") || $0.hasPrefix("size=") ? "tmpfs-\($0)" : $0 }
        let size = directory.sizeBytes.map { ["tmpfs-size=\($0)"] } ?? []
        let owner = directory.owner == .user ? ["U=true"] : []
        let place = ["type=tmpfs", "destination=\(try text(of: FilePath(directory.target)))", "notmpcopyup", "rw"]
        return ["--mount", record(place + options + execution(directory) + owner + size)]
    }

    private func execution(_ directory: TemporaryFileSystem) -> [String] {
        directory.options.contains("noexec") || directory.options.contains("exec") ? [] : ["exec"]
    }

    private func bind(_ mount: BindMount) throws(EngineError) -> String {
        var fields = [
            "type=bind", "source=\(try text(of: mount.source))", "destination=\(try text(of: FilePath(mount.target)))",
            "bind-propagation=rprivate",
        ]
        if mount.readOnly { fields.append("readonly") }
        if !mount.isRecursive { fields.append("bind-nonrecursive=true") }
        return record(fields)
    }

    /// Formats the comma-separated values of `--mount` (RFC 4180): a field with commas or quotes is quoted.
    private func record(_ fields: [String]) -> String {
        fields.map { field in
            let plain = !field.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }
            return plain ? field : "\"" + field.replacingScalar("\"", with: "\"\"") + "\""
        }.joined(separator: ",")
    }

    /// A path as an argument. The engines' interfaces are JSON, so the path must be UTF-8; control characters are
    /// refused.
    func text(of path: FilePath) throws(EngineError) -> String {
        guard let text = String(validating: path) else {
            throw .unmountable(path.string, "its name is not UTF-8", dialect.kind)
        }
        guard text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
            throw .unmountable(text, "its name contains control characters", dialect.kind)
        }
        guard path.isAbsolute else { throw .unmountable(text, "it is not absolute", dialect.kind) }
        return text
    }

    /// Labels, sorted by name.
    func labels(_ labels: [String: String]) -> [String] {
        labels.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.flatMap { ["--label", "\($0)=\($1)"] }
    }
}
