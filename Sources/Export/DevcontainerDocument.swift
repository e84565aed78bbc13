// SPDX-License-Identifier: Apache-2.0

import Engine

/// A `devcontainer.json`: the image's label, and what only arguments of the engine (`runArgs`) can give, so that each
/// `docker exec` of an editor is held as the first process is.
struct DevcontainerDocument {
    let request: ExportRequest

    func document() throws -> ExportedDocument {
        let options = try EngineArguments(.docker).hardening(
            request.profile, hostname: request.name, filter: try filter,
            owner: ["uid=\(request.user.userID)", "gid=\(request.user.groupID)"])
        let arguments = options.map { option in option.value.map { "\(option.name)=\($0)" } ?? option.name }
        let members = head + [("runArgs", .texts(arguments))] + mounts + environment
        return ExportedDocument(
            .devcontainer, of: request, mark: "//", remarks: remarks,
            body: JSONText.document(.map(members.map { ExportedMember(key: $0.0, value: $0.1) })))
    }

    /// The filter's file. A dev container's reader expands `${…}` in every string (containers.dev, "Variables in
    /// devcontainer.json"), and has no way to write these characters otherwise.
    private var filter: String? {
        get throws(ExportError) {
            guard let file = request.seccompFile else { return nil }
            guard !file.contains("${") else { throw .variable(file, .devcontainer) }
            return request.isSeccompInWorkspace ? "${localWorkspaceFolder}/\(file)" : file
        }
    }

    private var head: [(String, ExportedValue)] {
        let user: [(String, ExportedValue)] = request.hasRoot ? [] : [("containerUser", .text(request.user.name))]
        return [("name", .text(request.name)), ("image", .text(request.image)), ("overrideCommand", .flag(false))]
            + user + [("remoteUser", .text(request.user.name)), ("updateRemoteUserUID", .flag(true))]
            + [("userEnvProbe", .text("loginInteractiveShell")), ("workspaceFolder", .text(request.workspace))]
            + [("workspaceMount", .text("type=bind,source=${localWorkspaceFolder},target=\(request.workspace)"))]
    }

    /// A volume for each dev container: `${devcontainerId}` is stable over rebuilds.
    private var mounts: [(String, ExportedValue)] {
        guard !request.hasHomeInMemory else { return [] }
        let source = "\(request.name)-home-${devcontainerId}"
        return [("mounts", .texts(["type=volume,source=\(source),target=\(request.user.home)"]))]
    }

    private var environment: [(String, ExportedValue)] {
        guard request.hasRoot else { return [] }
        return [("containerEnv", .map(("OPENCODE_SUDO", .text(request.profile.sudo ? "1" : "0"))))]
    }

    private var remarks: [ExportRemark] {
        let (profile, user) = (request.profile, request.user)
        var remarks = request.dockerRemarks
        if profile.temporaryFileSystems.contains(where: { $0.owner == .user }) {
            remarks.append(
                ExportRemark(
                    .temporaryFileSystems,
                    "the home in memory belongs to \(user.userID):\(user.groupID). Where the editor gives the user "
                        + "other numbers, write these to uid= and gid=."))
        }
        if !request.hasRoot {
            remarks.append(
                ExportRemark(
                    .capabilities,
                    "capabilities: those of the image's label stay in the bounding set; the user holds none, but what "
                        + "the editor starts as root does."))
        }
        return remarks
    }
}
