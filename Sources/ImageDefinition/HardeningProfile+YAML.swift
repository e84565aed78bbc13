// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Foundation
import SystemPackage

extension HardeningProfile {
    /// Reads a profile. The hidden and read-only kernel paths are always the strictest set and not configurable.
    init(_ name: String, _ node: HardeningNode, readFilter: (String) throws -> [UInt8]) throws {
        let profile = try node.mapping(
            required: [
                "capabilities", "no-new-privileges", "seccomp", "sudo", "network", "read-only-root", "limits", "tmpfs",
            ])
        self.init(
            name: name, capabilities: try Self.capabilities(try profile.value("capabilities")),
            noNewPrivileges: try profile.value("no-new-privileges").boolean(),
            seccomp: try Self.filter(try profile.value("seccomp"), readFilter),
            readOnlyRoot: try profile.value("read-only-root").boolean(), sudo: try profile.value("sudo").boolean(),
            network: try Self.network(try profile.value("network")),
            limits: try Self.limits(try profile.value("limits")),
            temporaryFileSystems: try Self.temporaryFileSystems(try profile.value("tmpfs")))
        guard !sudo || capabilities.isSuperset(of: [.setUserID, .setGroupID]) else {
            throw try profile.value("sudo").error("sudo needs the capabilities SETUID and SETGID")
        }
    }

    private static func capabilities(_ node: HardeningNode) throws -> Set<Capability> {
        var set: Set<Capability> = []
        for item in try node.sequence() {
            guard let capability = Capability(rawValue: try item.text()) else {
                throw item.error("'\(try item.text())' is not a capability (capabilities(7), without 'CAP_')")
            }
            guard set.insert(capability).inserted else { throw item.error("\(capability.rawValue) occurs twice") }
        }
        return set
    }

    /// The filter is a file of the same directory, so that the directory is all there is to review.
    private static func filter(_ node: HardeningNode, _ read: (String) throws -> [UInt8]) throws -> [UInt8] {
        let name = try node.text()
        guard !name.utf8.contains(UInt8(ascii: "/")), name.hasSuffix(".json"), !name.hasPrefix(".") else {
            throw node.error("'\(name)' is not the name of a .json file in the same directory")
        }
        let bytes: [UInt8]
        do { bytes = try read(name) } catch let error as FileError where error.errno == .noSuchFileOrDirectory {
            throw node.error(
                "the filter '\(name)' is not beside this file",
                hint:
                    "Keep both together: git archive REVISION image | tar -x -C DIRECTORY unpacks the whole of image/.")
        }
        guard (try? JSONSerialization.jsonObject(with: Data(bytes))) is [String: Any] else {
            throw node.error("'\(name)' is not a JSON object")
        }
        return bytes
    }

    private static func network(_ node: HardeningNode) throws -> NetworkMode {
        let mode = try node.choice(NetworkMode.self)
        guard mode != .host else { throw node.error("the host's own network is for debugging, not for a profile") }
        return mode
    }

    private static func limits(_ node: HardeningNode) throws -> ResourceLimits {
        let limits = try node.mapping(required: ["pids"], optional: ["memory", "cpus"])
        return ResourceLimits(
            pids: try limits.value("pids").integer(in: 16...4_194_304),
            memory: try limits.optional("memory")?.size(),
            cpus: try limits.optional("cpus")?.processors())
    }

    private static func temporaryFileSystems(_ node: HardeningNode) throws -> [TemporaryFileSystem] {
        var seen: Set<String> = []
        return try node.sequence().map { item in
            let entry = try item.mapping(required: ["path", "mode"], optional: ["size", "owner", "execute"])
            let path = try entry.value("path").absolutePath()
            guard seen.insert(path).inserted else { throw item.error("'\(path)' occurs twice") }
            let execute = try entry.optional("execute")?.boolean() ?? true
            let mode = try entry.value("mode").mode()
            return TemporaryFileSystem(
                target: path, options: ["nosuid", "nodev"] + (execute ? [] : ["noexec"]) + ["mode=\(mode)"],
                sizeBytes: try entry.optional("size")?.size(),
                owner: try entry.optional("owner")?.choice(TemporaryFileSystem.Owner.self) ?? .root)
        }
    }
}

extension HardeningNode {
    /// A size in bytes, such as `64MiB`.
    fileprivate func size() throws -> UInt64 {
        let text = try text()
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units: [String: UInt64] = ["": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30]
        guard let number = UInt64(digits), let unit = units[String(text.dropFirst(digits.count))],
            case (let size, false) = number.multipliedReportingOverflow(by: unit), size > 0
        else { throw error("'\(text)' is not a size such as 64MiB or 2GiB") }
        return size
    }

    fileprivate func processors() throws -> Double {
        guard let number = Double(try text()), number.isFinite, (0.01...4096).contains(number) else {
            throw error("a number of processors such as 1.5 is needed here")
        }
        return number
    }

    /// Four octal digits. They must be quoted in the file, because YAML would parse a number.
    fileprivate func mode() throws -> String {
        let text = try text()
        guard text.utf8.count == 4, text.utf8.allSatisfy({ (48...55).contains($0) }) else {
            throw error("'\(text)' is not a mode such as \"0755\"")
        }
        guard text.hasPrefix("0") || text.hasPrefix("1") else {
            throw error("a directory with a set-uid or set-gid bit is not for a profile")
        }
        return text
    }

    fileprivate func absolutePath() throws -> String {
        let text = try text()
        let path = FilePath(text)
        guard path.isAbsolute, path.lexicallyNormalized().string == text, path.components.count > 0 else {
            throw error("'\(text)' is not an absolute path without '.', '..' and a slash at the end")
        }
        return text
    }
}
