// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage

/// Renders a plan as the `config.json` of an OCI runtime: a pure function, so that the result can be compared with a
/// golden file.
package struct RuntimeConfiguration {
    let plan: ContainerPlan
    let rootPath: FilePath
    let host: HostFacts
    let identifier: String
    let networkNamespace: FilePath?

    /// The `config.json` (OCI runtime specification 1.0.2) of `plan`.
    ///
    /// - Parameters:
    ///   - rootPath: The mounted root file system.
    ///   - identifier: The runtime's name of the container, also the name of its control group.
    ///   - networkNamespace: An existing network namespace; without one the runtime creates an empty one.
    /// - Throws: `EngineError.invalidSeccomp` when the profile's filter is not valid JSON.
    package static func json(
        for plan: ContainerPlan, rootPath: FilePath, host: HostFacts, identifier: String,
        networkNamespace: FilePath? = nil
    ) throws -> [UInt8] {
        let configuration = RuntimeConfiguration(
            plan: plan, rootPath: rootPath, host: host, identifier: identifier, networkNamespace: networkNamespace)
        return try encode(configuration.specification())
    }

    /// The `process.json` of one more process for `exec --process`, in the container of `plan`.
    static func json(for process: ProcessPlan, in plan: ContainerPlan) throws -> [UInt8] {
        try encode(
            RuntimeSpecification.Process(
                terminal: false,
                user: .init(uid: process.uid, gid: process.gid, additionalGids: process.additionalGroups),
                args: process.arguments, env: process.environment, cwd: process.workingDirectory,
                capabilities: capabilities(process.capabilities, uid: process.uid),
                noNewPrivileges: plan.profile.noNewPrivileges))
    }

    private static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    private func specification() throws -> RuntimeSpecification {
        RuntimeSpecification(
            process: process, root: .init(path: rootPath.string, readonly: plan.profile.readOnlyRoot),
            hostname: plan.profile.namespaces.contains(.uts) ? plan.hostname : nil, mounts: mounts,
            annotations: plan.labels, linux: try linux())
    }

    private var process: RuntimeSpecification.Process {
        .init(
            terminal: plan.terminal,
            user: .init(uid: plan.userID, gid: plan.groupID, additionalGids: plan.additionalGroups),
            args: plan.arguments, env: plan.environment, cwd: plan.workingDirectory,
            capabilities: Self.capabilities(plan.profile.capabilities, uid: plan.userID),
            noNewPrivileges: plan.profile.noNewPrivileges)
    }

    /// Root has the set as permitted and effective capabilities; other users have it only as their bounding set. No
    /// capability is inheritable or ambient, or it would survive the change of user (CVE-2022-24769).
    private static func capabilities(_ set: Set<Capability>, uid: UInt32) -> RuntimeSpecification.Capabilities {
        let held = uid == 0 ? set.kernelNames : []
        return .init(bounding: set.kernelNames, effective: held, permitted: held)
    }
}
