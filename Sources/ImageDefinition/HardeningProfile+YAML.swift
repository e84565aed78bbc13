// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Foundation
import SystemPackage

extension HardeningProfile {
    /// Reads a profile. The hidden and read-only kernel paths are always the strictest set and not configurable.
    init(_ name: String, _ node: DefinitionNode, readFilter: (String) throws -> [UInt8]) throws {
        let profile = try node.fields([
            "capabilities", "no-new-privileges", "seccomp", "sudo", "network", "read-only-root", "limits", "tmpfs",
        ])
        self.init(
            name: name, capabilities: try Self.capabilities(try profile.need("capabilities")),
            noNewPrivileges: try profile.need("no-new-privileges").boolean(),
            seccomp: try Self.filter(try profile.need("seccomp"), readFilter),
            readOnlyRoot: try profile.need("read-only-root").boolean(), sudo: try profile.need("sudo").boolean(),
            network: try Self.network(try profile.need("network")),
            limits: try Self.limits(try profile.need("limits")),
            temporaryFileSystems: try Self.temporaryFileSystems(try profile.need("tmpfs")))
        guard !sudo || capabilities.isSuperset(of: [.setUserID, .setGroupID]) else {
            throw try profile.need("sudo").invalid("false without the capabilities SETUID and SETGID")
        }
    }

    private static func capabilities(_ node: DefinitionNode) throws -> Set<Capability> {
        var set: Set<Capability> = []
        for item in try node.list() {
            guard let capability = Capability(rawValue: try item.text()) else {
                throw item.invalid("a capability (capabilities(7), without 'CAP_')")
            }
            guard set.insert(capability).inserted else {
                throw DefinitionError.twice(item.place, key: item.key, value: capability.rawValue)
            }
        }
        return set
    }

    /// The filter is a file of the same directory, so that the directory is all there is to review.
    private static func filter(_ node: DefinitionNode, _ read: (String) throws -> [UInt8]) throws -> [UInt8] {
        let name = try node.text()
        guard !name.utf8.contains(UInt8(ascii: "/")), name.hasSuffix(".json"), !name.hasPrefix(".") else {
            throw node.invalid("the name of a .json file in the same directory")
        }
        let bytes: [UInt8]
        do { bytes = try read(name) } catch let error as FileError where error.errno == .noSuchFileOrDirectory {
            throw DefinitionError.missingFilter(node.place, file: name)
        }
        guard (try? JSONSerialization.jsonObject(with: Data(bytes))) is [String: Any] else {
            throw node.invalid("the name of a file with a JSON object")
        }
        return bytes
    }

    private static func network(_ node: DefinitionNode) throws -> NetworkMode {
        let mode: NetworkMode = try node.choice()
        guard mode != .host else { throw node.invalid("none or full; the host's own network is for debugging") }
        return mode
    }

    private static func limits(_ node: DefinitionNode) throws -> ResourceLimits {
        let limits = try node.fields(["pids", "memory", "cpus", "shared-memory"])
        return ResourceLimits(
            pids: Int(try limits.need("pids").number(16...4_194_304)),
            memory: try limits["memory"]?.size(),
            cpus: try limits["cpus"]?.processors(),
            sharedMemory: try limits["shared-memory"]?.size() ?? ResourceLimits.usualSharedMemory)
    }

    private static func temporaryFileSystems(_ node: DefinitionNode) throws -> [TemporaryFileSystem] {
        var seen: Set<String> = []
        return try node.list().map { item in
            let entry = try item.fields(["path", "mode", "size", "owner", "execute"])
            let path = try entry.need("path").absolutePath()
            guard seen.insert(path).inserted else {
                throw DefinitionError.twice(item.place, key: item.key, value: path)
            }
            let execute = try entry["execute"]?.boolean() ?? true
            let mode = try entry.need("mode").mode()
            return TemporaryFileSystem(
                target: path, options: ["nosuid", "nodev"] + (execute ? [] : ["noexec"]) + ["mode=\(mode)"],
                sizeBytes: try entry["size"]?.size(),
                owner: try entry["owner"]?.choice() ?? .root)
        }
    }
}

extension DefinitionNode {
    /// A size in bytes, such as `64MiB`.
    fileprivate func size() throws(DefinitionError) -> UInt64 {
        guard let size = ByteSize(try text()), size.bytes > 0 else { throw invalid("a size such as 64MiB or 2GiB") }
        return size.bytes
    }

    fileprivate func processors() throws(DefinitionError) -> Double {
        guard let number = Double(try text()), number.isFinite, (0.01...4096).contains(number) else {
            throw invalid("a number of processors such as 1.5")
        }
        return number
    }

    /// Four octal digits, without a set-uid or set-gid bit. They must be quoted in the file, because YAML would parse a
    /// number.
    fileprivate func mode() throws(DefinitionError) -> String {
        try text(/[01][0-7]{3}/, "a mode such as \"0755\", without a set-uid or set-gid bit")
    }

    fileprivate func absolutePath() throws(DefinitionError) -> String {
        let text = try text()
        let path = FilePath(text)
        guard path.isAbsolute, path.lexicallyNormalized().string == text, path.components.count > 0 else {
            throw invalid("an absolute path without '.', '..' and a slash at the end")
        }
        return text
    }
}
