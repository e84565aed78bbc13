// SPDX-License-Identifier: Apache-2.0

import Engine

extension KubernetesDocument {
    /// Where a pod differs from the profile.
    var remarks: [ExportRemark] { rootRemarks + filterRemarks + kernelRemarks + networkRemarks }

    private var rootRemarks: [ExportRemark] {
        let profile = request.profile
        var remarks: [ExportRemark] = []
        if request.hasRoot {
            let names = profile.capabilities.sorted { $0.bit < $1.bit }.map(\.rawValue).joined(separator: ", ")
            remarks.append(
                ExportRemark(
                    .capabilities, "capabilities: none instead of \(names), as the restricted standard has no root."))
        }
        if profile.sudo { remarks.append(ExportRemark(.sudo, "sudo: not available without root.")) }
        if !profile.noNewPrivileges {
            remarks.append(ExportRemark(.noNewPrivileges, "no-new-privileges: always, unlike in the profile."))
        }
        if !profile.readOnlyRoot {
            remarks.append(
                ExportRemark(
                    .readOnlyRoot,
                    "root file system: read-only; the home and /tmp are in memory and end with the pod."))
        }
        return remarks
    }

    private var filterRemarks: [ExportRemark] {
        switch (request.profile.seccomp, request.seccompFile) {
        case (nil, _): [ExportRemark(.seccomp, "seccomp: the runtime's default filter, unlike in the profile.")]
        case (.some, nil):
            [
                ExportRemark(
                    .seccomp,
                    "seccomp: the runtime's default filter; the image adds the rules against set-uid files to its "
                        + "own processes, not to those of the engine. "
                        + "`--seccomp FILE` writes the profile's filter and names it here.")
            ]
        case (.some, .some(let file)):
            [
                ExportRemark(
                    .seccomp,
                    "seccomp: the file \(file) has to be in the directory 'seccomp' of the kubelet on each node "
                        + "(/var/lib/kubelet/seccomp); for Podman, in that of --seccomp-profile-root.")
            ]
        }
    }

    private var kernelRemarks: [ExportRemark] {
        let namespaces = request.profile.namespaces
        let missing = [Namespace.uts, .mount, .cgroup].filter { !namespaces.contains($0) }.map(\.rawValue)
        let limit = request.profile.limits.pids.map { "\($0)" } ?? "none"
        var remarks = [
            ExportRemark(.maskedPaths, "hidden kernel files: the runtime's list."),
            ExportRemark(.readOnlyPaths, "read-only kernel files: the runtime's list."),
            ExportRemark(
                .limits, "limit of processes (\(limit)): a setting of the node, podPidsLimit of its kubelet."),
        ]
        if !request.profile.temporaryFileSystems.isEmpty {
            remarks.append(
                ExportRemark(
                    .temporaryFileSystems,
                    "directories in memory: volumes take no owner, mode, nosuid and nodev; fsGroup makes them "
                        + "writable."))
        }
        if !missing.isEmpty {
            remarks.append(
                ExportRemark(.namespaces, "namespaces (\(missing.joined(separator: ", "))): always the pod's own."))
        }
        return remarks
    }

    private var networkRemarks: [ExportRemark] {
        guard request.profile.network == .none else { return [] }
        return [
            ExportRemark(
                .network,
                "no network: by a NetworkPolicy, which the cluster's network plugin has to enforce. "
                    + "`podman play kube` does not read it: use --network none there.")
        ]
    }
}
