// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage

extension RuntimeConfiguration {
    func linux() throws -> RuntimeSpecification.Linux {
        .init(
            namespaces: namespaces, cgroupsPath: host.limitsApply ? "/\(identifier)" : nil, resources: resources,
            maskedPaths: maskedPaths, readonlyPaths: plan.profile.readOnlyPaths, seccomp: try seccomp())
    }

    /// The runtime ignores paths that do not exist. The throttling counters of the processors reveal the activity of
    /// other users (GHSA-6fw5-f8r9-fgfm); their number depends on the host, so no profile can list them.
    private var maskedPaths: [String] {
        guard !plan.profile.maskedPaths.isEmpty else { return [] }
        return plan.profile.maskedPaths
            + (0..<host.processors).map { "/sys/devices/system/cpu/cpu\($0)/thermal_throttle" }
    }

    private var namespaces: [RuntimeSpecification.Namespace] {
        let wanted = Namespace.allCases.filter {
            plan.profile.namespaces.contains($0) && !($0 == .network && plan.profile.network == .host)
        }
        return wanted.map { .init(type: $0.rawValue, path: $0 == .network ? networkNamespace?.string : nil) }
    }

    /// Without a device rule the runtime allows the devices of the host's control group; with this rule, only its own
    /// short list (runtime-spec, config-linux.md "Default Devices").
    private var resources: RuntimeSpecification.Resources {
        guard host.limitsApply else { return .init() }
        let limits = plan.profile.limits
        let period: UInt64 = 100_000
        return .init(
            devices: [.init(allow: false, access: "rwm")], pids: limits.pids.map { .init(limit: $0) },
            memory: limits.memory.map { .init(limit: $0) },
            cpu: limits.cpus.map { .init(quota: Int64(($0 * Double(period)).rounded()), period: period) })
    }

    private func seccomp() throws -> RuntimeJSON? {
        guard let bytes = plan.profile.seccomp else { return nil }
        do {
            return try JSONDecoder().decode(RuntimeJSON.self, from: Data(bytes))
        } catch {
            throw EngineError.invalidSeccomp(profile: plan.profile.name)
        }
    }
}
