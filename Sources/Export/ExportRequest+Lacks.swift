// SPDX-License-Identifier: Apache-2.0

import Engine

extension ExportRequest {
    /// What `run` does beside the profile, and no document can have another program do.
    func lacks(_ form: ExportForm) -> [String] {
        let project =
            form == .kubernetes
            ? "the git guard: whoever takes the repository out of the volume executes the hooks and configuration of "
                + "git that the container left there."
            : "the git guard: the container can write the project's git hooks and configuration, which git on the "
                + "host executes."
        return [
            project,
            "the refusal of mounts: a home, credentials, an engine's socket or another project's files can be mounted.",
            "the report at the end: changed files that the host executes are not named.",
            "credentials in memory: no ssh-agent proxy, no tokens of the caller. A key in this file, or in a volume, "
                + "can be read by the agent, and stays.",
        ] + reachable(form)
    }

    /// Who reaches the container over the network; nothing without one.
    private func reachable(_ form: ExportForm) -> [String] {
        guard profile.network != .none else { return [] }
        guard profile.network != .host else { return ["a network of its own: the container uses that of the host."] }
        let others =
            switch form {
            case .devcontainer: "containers on the engine's default network, those of other projects, too, reach it"
            case .compose: "the services of this file reach each other"
            case .kubernetes: "the cluster's pods reach each other where no NetworkPolicy forbids it"
            }
        return ["the isolation of projects from each other: \(others)."]
    }
}
