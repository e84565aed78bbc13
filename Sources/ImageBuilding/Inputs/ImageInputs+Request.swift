// SPDX-License-Identifier: Apache-2.0

import Context
import Engine
import ImageDefinition
import OCI
import SystemPackage

extension ImageInputs {
    /// The request for a context of these inputs.
    ///
    /// - Parameter artifacts: `NAME=FILE` of programs, the values of `--artifact`.
    /// - Throws: `ImageBuildingError.unknownArtifact`, errors of reading the hardening profile.
    package func contextRequest(
        platform: Platform, base: Bool, artifacts: [String], compression: LayerCompression = .gzip
    ) throws -> ContextRequest {
        let hardening = try HardeningDefinition.load(directory)
        return ContextRequest(
            lock: lock, definition: definition, imageDirectory: directory, platform: platform, includesPrograms: !base,
            programFiles: try programFiles(artifacts),
            devcontainerMetadata: Devcontainer(profile: hardening.profiles["standard"], user: definition.user).metadata,
            compression: compression)
    }

    private func programFiles(_ artifacts: [String]) throws -> [String: FilePath] {
        let names = definition.programs.map(\.name)
        return try artifacts.reduce(into: [:]) { files, text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, names.contains(parts[0]) else {
                throw ImageBuildingError.unknownArtifact(text, names)
            }
            files[parts[0]] = FilePath(parts[1])
        }
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
