// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Information that an engine reports about itself; never relied on for security.
package struct EngineInformation: Hashable, Sendable {
    /// Whether the engine runs without root.
    package let isRootless: Bool
    /// Whether containers have fewer UIDs than images use, because the engine runs without root and without a range of
    /// subordinate IDs.
    package let lacksUsers: Bool
    /// The facts for a report, by name.
    package let facts: [String: String]

    /// Whether the engine copies the image for every container, because its storage driver cannot share layers.
    package var isCopyingImages: Bool { facts["storage"] == "vfs" }

    /// The consequence of copied images.
    package static let copyingImages =
        "its storage driver vfs copies the whole image for every container: starts are slow and need much disk"
}

extension CommandLineEngine {
    /// Queries the engine's information.
    ///
    /// - Throws: `EngineError`.
    package func information() async throws -> EngineInformation {
        let answer = try await must(["info", "--format", "{{json .}}"], timeout: .seconds(60))
        let bytes = Data(answer.standardOutput)
        let known = dialect == .docker ? Self.docker(bytes) : Self.podman(bytes)
        guard let known else { throw EngineError.engineFailed(kind, "its information could not be read") }
        let own = ["engine": dialect.program, "engine version": version, "rootless": known.isRootless ? "yes" : "no"]
        return EngineInformation(
            isRootless: known.isRootless, lacksUsers: known.lacksUsers,
            facts: own.merging(known.facts.filter { !$0.value.isEmpty }) { own, _ in own }
        )
    }

    private static func docker(_ bytes: Data) -> EngineInformation? {
        guard let info = try? JSONDecoder().decode(DockerInformation.self, from: bytes) else { return nil }
        let options = info.securityOptions.map { $0.replacing("name=", with: "") }
        return EngineInformation(
            isRootless: options.contains { $0.hasPrefix("rootless") }, lacksUsers: false,
            facts: [
                "control groups": "version \(info.cgroupVersion)", "storage": info.driver, "kernel": info.kernelVersion,
                "runtime": info.defaultRuntime, "system": info.operatingSystem,
                "security": options.joined(separator: "; "),
            ])
    }

    private static func podman(_ bytes: Data) -> EngineInformation? {
        guard let info = try? JSONDecoder().decode(PodmanInformation.self, from: bytes) else { return nil }
        let security = info.host.security
        let modules = [("apparmor", security.apparmorEnabled), ("selinux", security.selinuxEnabled)]
        return EngineInformation(
            isRootless: security.rootless,
            lacksUsers: security.rootless
                && info.host.idMappings?.uidmap.map { $0.reduce(0) { $0 + $1.size } < 65536 } ?? false,
            facts: [
                "control groups": "version \(info.host.cgroupVersion.filter(\.isNumber))", "kernel": info.host.kernel,
                "runtime": info.host.ociRuntime.name, "storage": info.store.graphDriverName,
                "security": modules.filter(\.1).map(\.0).joined(separator: "; "),
            ])
    }
}

/// `docker info` (moby API 1.41, "SystemInfo").
private struct DockerInformation: Decodable {
    let driver, kernelVersion, operatingSystem, cgroupVersion, defaultRuntime: String
    let securityOptions: [String]

    enum CodingKeys: String, CodingKey {
        case driver = "Driver"
        case kernelVersion = "KernelVersion"
        case operatingSystem = "OperatingSystem"
        case cgroupVersion = "CgroupVersion"
        case defaultRuntime = "DefaultRuntime"
        case securityOptions = "SecurityOptions"
    }
}

/// podman-info(1).
private struct PodmanInformation: Decodable {
    struct Security: Decodable { let rootless, apparmorEnabled, selinuxEnabled: Bool }
    struct Runtime: Decodable { let name: String }
    struct IDMappings: Decodable { let uidmap: [IDRange]? }
    struct IDRange: Decodable { let size: Int }
    struct Host: Decodable {
        let cgroupVersion, kernel: String
        let ociRuntime: Runtime
        let idMappings: IDMappings?
        let security: Security
    }
    struct Store: Decodable { let graphDriverName: String }
    let host: Host
    let store: Store
}
