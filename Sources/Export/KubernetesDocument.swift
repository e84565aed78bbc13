// SPDX-License-Identifier: Apache-2.0

import Engine
import OCI

/// A pod that the restricted Pod Security Standard admits, with a network policy where the profile has no network.
///
/// The standard admits no root, so the pod is stricter than a profile with capabilities.
struct KubernetesDocument {
    let request: ExportRequest
    private var profile: HardeningProfile { request.profile }

    func document() -> ExportedDocument {
        let documents = (profile.network == .none ? [networkPolicy] : []) + [pod]
        return ExportedDocument(
            .kubernetes, of: request, mark: "#", remarks: remarks,
            body: documents.map(YAMLText.document).joined(separator: "---\n"))
    }

    private static let labelName = "app.kubernetes.io/name"

    private func object(_ version: String, _ kind: String, _ spec: ExportedValue) -> ExportedValue {
        let labels = ExportedValue.map((Self.labelName, .text(request.name)))
        var metadata = [
            ExportedMember(key: "name", value: .text(request.name)), ExportedMember(key: "labels", value: labels),
        ]
        if kind == "Pod" { metadata += annotations }
        return .map(
            ("apiVersion", .text(version)), ("kind", .text(kind)), ("metadata", .map(metadata)), ("spec", spec))
    }

    /// The filter's file, as Podman reads it: until 2026 only from this annotation, which Kubernetes read before 1.19.
    private var annotations: [ExportedMember] {
        guard request.profile.seccomp != nil, let file = request.seccompFile else { return [] }
        let annotation = ("seccomp.security.alpha.kubernetes.io/pod", ExportedValue.text("localhost/\(file)"))
        return [ExportedMember(key: "annotations", value: .map(annotation))]
    }

    /// Selects the pod and allows nothing (Kubernetes, "Network Policies").
    private var networkPolicy: ExportedValue {
        let selector = ExportedValue.map(("matchLabels", .map((Self.labelName, .text(request.name)))))
        let spec = ExportedValue.map(("podSelector", selector), ("policyTypes", .texts(["Ingress", "Egress"])))
        return object("networking.k8s.io/v1", "NetworkPolicy", spec)
    }

    private var pod: ExportedValue {
        var members: [(String, ExportedValue)] = [
            ("automountServiceAccountToken", .flag(false)), ("enableServiceLinks", .flag(false)),
        ]
        members += shared.map { ($0, .flag(true)) }
        members += [("securityContext", podContext), ("containers", .list([container])), ("volumes", volumes)]
        let spec = ExportedValue.map(members.map { ExportedMember(key: $0.0, value: $0.1) })
        return object("v1", "Pod", spec)
    }

    /// The namespaces of the node, which the restricted standard does not admit.
    private var shared: [String] {
        let isOnNodesNetwork = profile.network == .host || !profile.namespaces.contains(.network)
        return (isOnNodesNetwork ? ["hostNetwork"] : []) + (profile.namespaces.contains(.pid) ? [] : ["hostPID"])
            + (profile.namespaces.contains(.ipc) ? [] : ["hostIPC"])
    }

    private var podContext: ExportedValue {
        let filter: ExportedValue =
            switch (profile.seccomp, request.seccompFile) {
            case (.some, .some(let file)):
                .map(("type", .text("Localhost")), ("localhostProfile", .text(file)))
            default: .map(("type", .text("RuntimeDefault")))
            }
        return .map(
            ("runAsNonRoot", .flag(true)), ("runAsUser", .number(Int(request.user.userID))),
            ("runAsGroup", .number(Int(request.user.groupID))), ("fsGroup", .number(Int(request.user.groupID))),
            ("seccompProfile", filter))
    }

    private var container: ExportedValue {
        let context = ExportedValue.map(
            ("allowPrivilegeEscalation", .flag(false)), ("readOnlyRootFilesystem", .flag(true)),
            ("capabilities", .map(("drop", .texts(["ALL"])))))
        var members: [(String, ExportedValue)] = [
            ("name", .text(request.name)), ("image", .text(request.image)), ("securityContext", context),
        ]
        members += resources + liveness
        members.append(("volumeMounts", mounts))
        return .map(members.map { ExportedMember(key: $0.0, value: $0.1) })
    }

    private var resources: [(String, ExportedValue)] {
        let memory = profile.limits.memory.map { ("memory", ExportedValue.text("\($0)")) }
        let cpus = profile.limits.cpus.map { ("cpu", ExportedValue.text("\($0)")) }
        let limits = [memory, cpus].compactMap(\.self).map { ExportedMember(key: $0.0, value: $0.1) }
        return limits.isEmpty ? [] : [("resources", .map(("limits", .map(limits))))]
    }

    /// `$(NAME)` is a variable in a command, and `$$` one dollar sign (Kubernetes, "Dependent environment variables").
    private static func escaped(_ word: String) -> String {
        guard word.contains("$(") || word.contains("$$") else { return word }
        return word.replacingScalar("$", with: "$$")
    }

    /// The image's health check, by a command without a shell.
    private var liveness: [(String, ExportedValue)] {
        guard let health = request.health, health.test.first == "CMD" else { return [] }
        let seconds = [
            ("initialDelaySeconds", health.startPeriod), ("periodSeconds", health.interval),
            ("timeoutSeconds", health.timeout),
        ].compactMap { key, time in
            time.map { ExportedMember(key: key, value: .number(max(1, Int($0 / 1_000_000_000)))) }
        }
        let retries = health.retries.map { [ExportedMember(key: "failureThreshold", value: .number($0))] } ?? []
        let words = health.test.dropFirst().map(Self.escaped)
        let command = ExportedValue.map(("command", .texts(words)))
        return [("livenessProbe", .map([ExportedMember(key: "exec", value: command)] + seconds + retries))]
    }
}

extension KubernetesDocument {
    /// The directories in memory: the profile's, and what the image has to write to where nothing else can be written.
    private var directories: [TemporaryFileSystem] {
        let given = profile.temporaryFileSystems
        let missing = ["/tmp", request.user.home].filter { place in !given.contains { $0.target == place } }
        let shared = TemporaryFileSystem(target: "/dev/shm", sizeBytes: profile.limits.sharedMemory)
        return given + missing.map { TemporaryFileSystem(target: $0) } + [shared]
    }

    /// `/var/tmp` as a name of a volume.
    private func volumeName(_ directory: TemporaryFileSystem) -> String {
        directory.target.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }.joined(separator: "-")
    }

    private var mounts: ExportedValue {
        let workspace = ExportedValue.map(("name", .text("workspace")), ("mountPath", .text(request.workspace)))
        return .list(
            [workspace]
                + directories.map {
                    .map(("name", .text(volumeName($0))), ("mountPath", .text($0.target)))
                })
    }

    private var volumes: ExportedValue {
        let source: (String, ExportedValue) =
            request.claim.map { ("persistentVolumeClaim", .map(("claimName", .text($0)))) } ?? ("emptyDir", .map([]))
        let workspace = ExportedValue.map(("name", .text("workspace")), source)
        return .list(
            [workspace]
                + directories.map { directory in
                    let size = directory.sizeBytes.map {
                        [ExportedMember(key: "sizeLimit", value: .text("\($0)"))]
                    }
                    let memory = [ExportedMember(key: "medium", value: .text("Memory"))] + (size ?? [])
                    return .map(("name", .text(volumeName(directory))), ("emptyDir", .map(memory)))
                })
    }
}
