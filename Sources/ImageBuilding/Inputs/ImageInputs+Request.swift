// SPDX-License-Identifier: Apache-2.0

import Context
import Engine
import ImageDefinition
import OCI
import SystemPackage

extension ImageInputs {
    /// The request for a context of these inputs.
    ///
    /// - Parameter artifact: `opencode=FILE`, the value of `--artifact`.
    /// - Throws: `ImageBuildingError.unknownArtifact`, errors of reading the hardening profile.
    package func contextRequest(
        platform: Platform, base: Bool, artifact: String?, compression: LayerCompression = .gzip
    ) throws -> ContextRequest {
        let hardening = try HardeningDefinition.load(directory)
        return ContextRequest(
            lock: lock, definition: definition, imageDirectory: directory, platform: platform, includesAgent: !base,
            agentFile: try artifact.map(artifactFile),
            devcontainerMetadata: Devcontainer(profile: hardening.profiles["standard"], user: definition.user).metadata,
            compression: compression)
    }

    private func artifactFile(_ text: String) throws -> FilePath {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[0] == definition.agent.name else {
            throw ImageBuildingError.unknownArtifact(text)
        }
        return FilePath(String(parts[1]))
    }
}

/// The `devcontainer.metadata` label, so that editors can use the image unchanged (containers.dev, "Image metadata").
struct Devcontainer {
    let profile: HardeningProfile?
    let user: UserDefinition

    /// A JSON list with one object, of the properties that a label may have. Arguments of the engine (`runArgs`) are not
    /// among them: the entrypoint itself drops what the engine adds to these capabilities.
    var metadata: String {
        var object: [String: JSONValue] = [
            "remoteUser": .string(user.name), "overrideCommand": .bool(false), "updateRemoteUserUID": .bool(true),
            "userEnvProbe": .string("loginInteractiveShell"),
        ]
        if let profile {
            object["capAdd"] = .array(profile.capabilities.map(\.rawValue).sorted().map(JSONValue.string))
            if profile.noNewPrivileges { object["securityOpt"] = .array([.string("no-new-privileges")]) }
        }
        return String(decoding: JSONValue.array([.object(object)]).canonical(), as: UTF8.self)
    }
}
