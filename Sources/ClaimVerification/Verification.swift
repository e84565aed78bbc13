// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import Debian
import Engine
import Glibc
import ImageBuilding
import ImageDefinition
import OCI
import SystemPackage
import Verify

/// Assembles the verifier's inputs from the image, the lock and the hardening profile.
package struct Verification: Sendable {
    /// The image and how it is started.
    package struct Subject: Sendable {
        /// The image.
        let image: ImageUnderTest
        /// The requested name of the image.
        let name: String
        let platform: Platform
        /// The profile's name.
        let profile: String

        /// Creates a subject.
        ///
        /// - Parameters:
        ///   - name: The requested name of the image.
        ///   - profile: The name of the profile to start it with.
        package init(_ image: ImageUnderTest, name: String, platform: Platform, profile: String = "standard") {
            (self.image, self.name, self.platform, self.profile) = (image, name, platform, profile)
        }
    }

    private let subject: Subject
    private let inputs: ImageInputs
    private let store: Store
    private let choice: EngineChoice
    private let probes: [FilePath]
    private let installs: Bool
    private let archives: [ArchiveSource]

    /// Creates a verification.
    ///
    /// - Parameters:
    ///   - choice: The engine that starts the image.
    ///   - probes: The possible paths of the probe.
    ///   - installs: Whether a package is installed from the network.
    ///   - archives: The machine's Debian mirrors, for the package that is installed in the container.
    package init(
        of subject: Subject, inputs: ImageInputs, store: Store, choice: EngineChoice, probes: [FilePath],
        installs: Bool, archives: [ArchiveSource]
    ) {
        self.subject = subject
        self.inputs = inputs
        self.store = store
        self.choice = choice
        self.probes = probes
        self.installs = installs
        self.archives = archives
    }

    /// Returns the report on the image.
    ///
    /// - Throws: `BuildError.unknownImage`, `DefinitionError.unknownProfile`, errors of the engine.
    package func report(progress: @escaping ProgressSink) async throws -> VerifyReport {
        if let note = choice.note { progress(.note(note)) }
        let directory = store.temporaryPath()
        defer { try? Files.removeTree(directory) }
        let image = try await subjectImage(unpackedTo: directory, progress: progress)
        if let warning = try foreignInputs(of: image.execution) { progress(.warning(warning)) }
        let workspace = try WorkspaceDirectory(in: store, owner: inputs.definition.user)
        defer { workspace.remove() }
        let mirrors = try MirrorDirectory(archives, in: store)
        defer { mirrors?.remove() }
        let verifier = try Verifier(engine: image.engine, probe: try probe())
        return try await verifier.verify(verified(image, workspace, mirrors), progress: progress)
    }

    private func subjectImage(unpackedTo directory: FilePath, progress: ProgressSink) async throws -> SubjectImage {
        if let engine = choice.commandLine {
            guard case .built(let tag) = subject.image else {
                throw ClaimVerificationError.imageOfEngine(subject.name, engine.dialect.program)
            }
            return try await .inEngine(
                engine, named: tag, built: store.builtImage(tag, for: subject.platform), store: store,
                epoch: inputs.lock.epoch, progress: progress)
        }
        var engine = try await EmbeddedEngine.find(scratch: store.root.appending("run"))
        engine.emulation = try Emulation.find(for: subject.platform, scratch: engine.scratch)
        if let emulation = engine.emulation { progress(.note("The image is for \(emulation).")) }
        return .embedded(
            try tested(unpackedTo: directory, rootless: engine.host.rootless, progress: progress), on: engine)
    }

    /// A warning when the image of that name was built from other inputs; images of older programs do not tell.
    private func foreignInputs(of execution: ImageConfiguration.Execution) throws -> String? {
        guard case .built(let tag) = subject.image, let label = execution.labels[DefinitionContents.label] else {
            return nil
        }
        let own = try [true, false].map { try inputs.label(platform: subject.platform, includesPrograms: $0) }
        guard !own.contains(label) else { return nil }
        return "The image '\(tag)' was built from another definition or lock than '\(inputs.directory)'."
    }

    private func tested(
        unpackedTo directory: FilePath, rootless: Bool, progress: ProgressSink
    ) throws -> TestedImage {
        let stored: StoredImage
        switch subject.image {
        case .built(let tag):
            guard let built = try store.builtImage(tag, for: subject.platform) else {
                throw BuildError.unknownImage(tag)
            }
            return TestedImage(built, name: tag)
        case .layout(let path, let tag):
            stored = try ImageLayout(root: path).stored(tag: tag, platform: subject.platform)
        case .archive(let file):
            stored = try DockerArchive.read(
                file, platform: subject.platform, unpackedTo: directory.appending("archive"))
        }
        progress(.note("Unpacking the image, \(stored.layers.count) layer\(stored.layers.count == 1 ? "" : "s")."))
        return try TestedImage(stored, name: subject.name, unpackedTo: directory, setsOwners: !rootless)
    }

    private func verified(
        _ image: SubjectImage, _ workspace: WorkspaceDirectory, _ mirrors: MirrorDirectory?
    ) throws -> VerifySubject {
        let hardening = try HardeningDefinition.load(inputs.directory)
        let profile = try hardening.profile(subject.profile)
        let execution = image.execution
        var plan = ContainerPlan.starting(
            execution, trees: image.trees, name: "verify", profile: profile,
            mounts: [mirrors?.mount, workspace.mount].compactMap { $0 })
        (plan.userID, plan.groupID) = (image.userID, image.groupID)
        if !profile.capabilities.contains(.setUserID), plan.userID == 0 {
            // Root could not change to the user, so the container starts as the user.
            plan.userID = UInt32(inputs.definition.user.uid)
            plan.groupID = UInt32(inputs.definition.user.gid)
        }
        return VerifySubject(
            image: image.digest, profile: hardening.digest, plan: plan,
            entrypoint: execution.entrypoint, userID: UInt32(inputs.definition.user.uid),
            groupID: UInt32(inputs.definition.user.gid), labels: execution.labels,
            healthCheck: execution.healthcheck?.test ?? [], codename: inputs.lock.codename, packages: lockedPackages,
            claims: hardening.claims, workspace: workspace.target,
            installs: installs && mirrors != nil, composition: image.composition,
            secret: Self.randomToken(),
            knownHost: archives.lazy.flatMap(\.addresses).compactMap(Self.host).first,
            storage: store.root.appending("blobs"))
    }

    private var lockedPackages: [InstalledPackage] {
        (inputs.lock.architectures[subject.platform.architecture] ?? []).map {
            InstalledPackage(name: $0.name.text, version: $0.version.text, architecture: $0.architecture)
        }
    }

    /// 128 bits from the system's random number generator, like a credential.
    private static func randomToken() -> String {
        "canary" + (0..<4).map { _ in String(UInt32.random(in: 0x1000_0000 ... .max), radix: 16) }.joined()
    }

    /// The host of a URL.
    private static func host(_ address: String) -> String? {
        let parts = address.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        guard parts.count >= 2, parts[0].hasSuffix(":") else { return nil }
        return parts[1].split(separator: "@").last?.split(separator: ":").first.map(String.init)
    }

    /// The first existing path of the probe.
    private func probe() throws -> FilePath {
        guard let found = probes.first(where: Files.exists) else {
            throw ClaimVerificationError.missingProbe(probes.map(\.string))
        }
        return found
    }
}

/// An empty directory of the user's, mounted during a verification in place of a project.
struct WorkspaceDirectory {
    let directory: FilePath
    let target = "/workspace"

    init(in store: Store, owner: UserDefinition) throws {
        directory = store.temporaryPath()
        try Files.makeDirectories(directory)
        guard chown(directory.string, uid_t(owner.uid), gid_t(owner.gid)) == 0 else {
            throw FileError("hand over", directory, Errno(rawValue: errno))
        }
    }

    var mount: BindMount { BindMount(source: directory, target: target, readOnly: false) }

    func remove() { try? Files.removeTree(directory) }
}
