// SPDX-License-Identifier: Apache-2.0

extension CommandLineDialect {
    /// The paths that the control group of a container can have below the root of a hierarchy, with either driver
    /// (dockerd(8) and containers.conf(5), `cgroupfs` and `systemd`).
    package func controlGroups(of id: String, user: UInt32) -> [String] {
        switch self {
        case .docker: return ["docker/\(id)", "system.slice/docker-\(id).scope"]
        case .podman:
            let slice = user == 0 ? "machine.slice" : "user.slice/user-\(user).slice/user@\(user).service/user.slice"
            return ["\(slice)/libpod-\(id).scope", "libpod_parent/libpod-\(id)"]
        }
    }
}
