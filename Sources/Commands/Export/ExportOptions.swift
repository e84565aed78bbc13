// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Engine
import Export
import ImageBuilding
import ImageDefinition
import OCI
import Run
import SystemPackage

/// The project's directory of a document.
struct ExportedProjectOptions: ParsableArguments {
    @Option(
        help: .init(
            "The project's directory; default: the current one. [environment: OPENCODE_DOCKER_PROJECT]",
            valueName: "dir"), completion: .directory)
    var project: String?

    /// The directory as the user named it.
    var directory: String { project ?? "." }
}

/// The options of every form.
struct ExportOptions: ParsableArguments {
    @Option(
        help: .init(
            "The image's name; default: that of image.yaml. [environment: OPENCODE_DOCKER_IMAGE]", valueName: "image"))
    var image: String?

    @Flag(help: "Name the image without the agent. [environment: OPENCODE_DOCKER_BASE=1]")
    var base = false

    @Option(
        help: .init(
            "The name of the service, pod or dev container. [environment: OPENCODE_DOCKER_NAME]", valueName: "name"))
    var name = "opencode"

    @Option(
        name: .shortAndLong,
        help: .init(
            "The output file; '-' is standard output. [environment: OPENCODE_DOCKER_OUTPUT]", valueName: "file"),
        completion: .file())
    var output = "-"

    @Option(
        help: .init(
            """
            Also write the profile's seccomp filter to this file, and name it in the document; without it the \
            engine's default filter is used. [environment: OPENCODE_DOCKER_SECCOMP]
            """, valueName: "file"), completion: .file())
    var seccomp: String?

    @Option(
        name: .customLong("image-dir"),
        help: .init(
            "The directory with hardening.yaml and image.yaml. [environment: OPENCODE_DOCKER_IMAGE_DIR]",
            valueName: "dir"), completion: .directory)
    var imageDirectory: String?

    @OptionGroup(title: "Limits") var hold: HoldOptions

    func validate() throws {
        if hold.network == .allow { throw ValidationError("--network allow is for run and shell alone.") }
        if base && image != nil { throw ValidationError("--base excludes --image.") }
        if seccomp == "-" { throw ValidationError("--seccomp needs a file.") }
        if let seccomp, Self.place(seccomp) == Self.place(output) {
            throw ValidationError("--seccomp and --output name the same file.")
        }
    }

    private static func place(_ path: String) -> FilePath {
        (RealPath.of(".") ?? "/").pushing(FilePath(path)).lexicallyNormalized()
    }
}

extension ExportOptions {
    /// Writes the document, and the filter before it.
    ///
    /// - Throws: `ExportError`, `DefinitionError`, `CommandError`, `RunError`, `OCIError`, `FileError`.
    func export(_ form: ExportForm, project: String = ".", claim: String? = nil) throws {
        try checkValues(project: project, claim: claim)
        let environment = CommandEnvironment.current
        let directory = try environment.definitionDirectory(imageDirectory)
        let definition = try ImageDefinition.load(directory.appending("image.yaml"))
        let local = LocalImageName(of: definition, in: directory, stock: environment.stockDefinition)
        let hardening = try HardeningDefinition.load(directory)
        let named = hold.profile ?? environment.variable("OPENCODE_DOCKER_PROFILE") ?? "standard"
        let profile = try hold.changes().applied(to: try hardening.profile(named))
        let places = try ExportPlaces(form, output: output, seccomp: seccomp, project: project)
        var request = ExportRequest(
            profile: profile, image: image ?? local.tag(base: base),
            name: name, user: definition.exportedUser)
        request.workspace = definition.workdir
        (request.project, request.claim) = (places.project, claim)
        request.seccompFile = profile.seccomp == nil ? nil : places.seccomp
        request.isSeccompInWorkspace = places.isInWorkspace
        request.health = (base ? definition.baseHealthCheck : definition.healthCheck).check
        let document = try Exporter(form).document(request)
        if let seccomp, let filter = profile.seccomp { try OutputFile(FilePath(seccomp)).write(filter) }
        _ = try FileOrStandardOutput(output).write { sink in
            try Array(document.text.utf8).withUnsafeBytes { try sink($0) }
        }
        for remark in document.remarks { StandardError.write("note: \(remark.text.sanitized)\n") }
    }
}

extension ExportOptions {
    /// Bytes that are not UTF-8 were replaced when the value was read: it would name another file.
    private func checkValues(project: String, claim: String?) throws(ExportError) {
        let values = [
            ("--image", image), ("--name", name), ("--output", output), ("--seccomp", seccomp),
            ("--image-dir", imageDirectory), ("--project", project), ("--claim", claim), ("--profile", hold.profile),
        ]
        for (option, value) in values {
            guard let value, !value.isWritableInDocuments else { continue }
            throw .unusableValue(option: option, value.sanitized)
        }
    }
}

extension ImageDefinition {
    fileprivate var exportedUser: ExportedUser {
        ExportedUser(name: user.name, userID: user.uid, groupID: user.gid, home: user.home)
    }
}

extension HealthCheckDefinition {
    /// The check as the image's configuration has it, in nanoseconds.
    fileprivate var check: HealthCheck {
        let second: Int64 = 1_000_000_000
        return HealthCheck(
            test: ["CMD"] + command, interval: Int64(interval) * second, timeout: Int64(timeout) * second,
            startPeriod: Int64(startPeriod) * second, retries: retries)
    }
}
