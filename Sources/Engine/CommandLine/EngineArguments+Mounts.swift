// SPDX-License-Identifier: Apache-2.0

import SystemPackage

extension EngineArguments {
    /// Directories in memory first, then what comes from the host, which may lie inside them.
    ///
    /// Never `-v`: it takes a colon for a separator, and makes a directory of root's where the source is missing.
    func mounts(_ plan: ContainerPlan) throws(EngineError) -> [String] {
        var words: [String] = []
        for directory in plan.profile.temporaryFileSystems {
            words += try dialect == .docker ? dockerMemory(directory, plan) : podmanMemory(directory)
        }
        for mount in plan.mounts { words += ["--mount", try bind(mount)] }
        return words
    }

    /// Docker's `--mount type=tmpfs` knows neither an owner nor `exec`, which is taken away unless it is asked for.
    private func dockerMemory(_ directory: TemporaryFileSystem, _ plan: ContainerPlan) throws(EngineError) -> [String] {
        guard !directory.target.utf8.contains(UInt8(ascii: ":")) else {
            throw .unmountable(directory.target, "it has a colon", dialect.kind)
        }
        let size = directory.sizeBytes.map { ["size=\($0)"] } ?? []
        let owner = directory.owner == .user ? ["uid=\(plan.userID)", "gid=\(plan.groupID)"] : []
        let options = ["rw"] + directory.options + execution(directory) + owner + size
        return ["--tmpfs", "\(try text(of: FilePath(directory.target))):\(options.joined(separator: ","))"]
    }

    /// Podman's `--tmpfs` knows no owner. Without `notmpcopyup` it would hold what the image has at that place.
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

    /// The comma-separated values that `--mount` takes (RFC 4180): with commas or quotes in it, a field is quoted.
    private func record(_ fields: [String]) -> String {
        fields.map { field in
            let plain = !field.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }
            return plain ? field : "\"" + field.replacing("\"", with: "\"\"") + "\""
        }.joined(separator: ",")
    }

    /// A path for an argument: the engines' interfaces are JSON, so its bytes must be UTF-8, and lines would end in
    /// them.
    func text(of path: FilePath) throws(EngineError) -> String {
        guard let text = String(validating: path) else {
            throw .unmountable(path.string, "its name is not UTF-8", dialect.kind)
        }
        guard text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
            throw .unmountable(text, "its name has control characters", dialect.kind)
        }
        guard path.isAbsolute else { throw .unmountable(text, "it is not absolute", dialect.kind) }
        return text
    }

    /// Labels in the order of their names.
    func labels(_ labels: [String: String]) -> [String] {
        labels.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.flatMap { ["--label", "\($0)=\($1)"] }
    }
}
