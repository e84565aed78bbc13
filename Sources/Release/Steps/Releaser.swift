// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import SystemPackage

/// The stage `release`: from a plan to a published version.
///
/// Everything before the commit point is invisible or can be repeated: blobs, manifests and signatures are pushed by
/// digest. The commit point is one push of the branch and the tag. The steps after it need only `release.json` in the
/// tag, so that any machine can finish them. After a kill at any point, the next call ends in the same state.
package struct Releaser: Sendable {
    let git: GitRepository
    /// The git remote; `nil` when there is none and the local branch counts.
    let remote: String?
    let repository: any RepositoryWriting
    let journal: ReleaseJournal
    let builder: any ReleaseBuilding
    let verifier: any ReleaseVerifying
    let attester: any ReleaseAttesting
    /// A directory for temporary files.
    let scratch: FilePath

    /// A releaser.
    package init(
        git: GitRepository, remote: String?, repository: any RepositoryWriting, journal: any JournalFiles,
        builder: any ReleaseBuilding, verifier: any ReleaseVerifying, attester: any ReleaseAttesting, scratch: FilePath
    ) {
        self.git = git
        self.remote = remote
        self.repository = repository
        self.journal = ReleaseJournal(files: journal)
        self.builder = builder
        self.verifier = verifier
        self.attester = attester
        self.scratch = scratch
    }

    /// Publishes `plan`.
    ///
    /// - Throws: `ReleaseError`, and the errors of building, verifying, signing and the repository; before the commit
    ///   point nothing is visible then, and after it a repeated call finishes the release.
    package func release(_ plan: ReleasePlan, progress: @escaping ProgressSink) async throws -> ReleaseRecord {
        try journal.begin(plan, choices: builder.choices)
        let files = plan.files.mapValues { Array($0.utf8) }
        let tree = try await git.tree(of: plan.parent, with: files, scratch: temporaryPath())
        let record = try await withFiles(of: tree) { directory in
            try await publish(plan, directory, progress)
        }
        try await commit(record, plan, tree)
        progress(.note("\(plan.version) is released; the image tags follow."))
        try await moveTags(to: record)
        try journal.end()
        return record
    }

    /// The invisible part: pushes the image, its signatures and attestations, by digest.
    private func publish(
        _ plan: ReleasePlan, _ directory: FilePath, _ progress: @escaping ProgressSink
    ) async throws -> ReleaseRecord {
        let (images, store) = try await builder.build(directory, progress: progress)
        try checkDigests(of: images)
        let claims = try await verify(images, directory, progress)
        let image = try await repository.push(images, from: store, progress: progress)
        let release = AttestedRelease(
            version: plan.version, repository: plan.repository, tags: plan.tags, source: plan.parent,
            created: plan.signature.date,
            built: BuiltRelease(image, images), images: images, directory: directory)
        let attached = try await attester.attest(release, progress: progress)
        try await attester.readBack(release)
        let lock = try Digest(ofFile: directory.appending(ProjectState.lockPath))
        return ReleaseRecord(plan, release.built, attached, lock: lock, verification: claims)
    }

    /// A rebuild after an interruption must give the digest of the first build.
    private func checkDigests(of images: [Image]) throws {
        let digests = Dictionary(images.map { ("\($0.platform)\($0.isZstd ? " zstd" : "")", $0.digest) }) { first, _ in
            first
        }
        for (platform, expected) in try journal.noted([String: Digest].self, of: "build") ?? [:] {
            guard let actual = digests[platform], actual == expected else {
                throw ReleaseError.notReproducible(
                    expected: expected, actual: digests[platform] ?? Digest(of: [UInt8]()))
            }
        }
        try journal.note(digests, of: "build")
    }

    private func verify(
        _ images: [Image], _ directory: FilePath, _ progress: @escaping ProgressSink
    ) async throws -> VerifiedClaims {
        if let known = try journal.noted(VerifiedClaims.self, of: "verify") { return known }
        var green: Set<String>?
        var skipped: Set<String> = []
        var profile = Digest(of: [UInt8]())
        // Images with one configuration have the same files, whatever their compression: one of them is verified.
        var seen: Set<Digest> = []
        for image in images where seen.insert(image.manifest.config.digest).inserted {
            let claims = try await verifier.verify(image, definedIn: directory, progress: progress)
            green = green.map { $0.intersection(claims.green) } ?? Set(claims.green)
            skipped.formUnion(claims.skipped)
            profile = claims.profile
        }
        let claims = VerifiedClaims(profile: profile, green: (green ?? []).sorted(), skipped: skipped.sorted())
        try journal.note(claims, of: "verify")
        return claims
    }

    /// The commit point.
    private func commit(_ record: ReleaseRecord, _ plan: ReleasePlan, _ tree: GitObject) async throws {
        let whole = try await git.tree(
            of: tree, with: [ReleaseRecord.path: try record.serialized()], scratch: temporaryPath())
        let prepared = try await git.prepare(
            whole, on: plan.parent, tag: plan.version.gitTag, message: plan.message, by: plan.signature)
        if let remote { try await git.push(prepared, to: plan.branch, of: remote) }
        try await git.adopt(prepared, on: plan.branch)
    }

    /// Runs `body` on the files of a commit or a tree, in a separate directory.
    func withFiles<Result>(of tree: GitObject, _ body: (FilePath) async throws -> Result) async throws -> Result {
        let directory = temporaryPath()
        try Files.makeDirectories(directory)
        defer { try? Files.removeTree(directory) }
        try await git.extract(tree, to: directory)
        return try await body(directory)
    }

    func temporaryPath() -> FilePath { scratch.appending("release-\(Files.uniqueSuffix())") }
}

extension BuiltRelease {
    init(_ image: Digest, _ images: [Image]) {
        let byPlatform = { (images: [Image]) in
            Dictionary(images.map { ($0.platform.description, $0.digest) }) { first, _ in first }
        }
        let platforms = byPlatform(images)
        let others = images.filter { platforms[$0.platform.description] != $0.digest }
        self.init(image: image, platforms: platforms, zstd: others.isEmpty ? nil : byPlatform(others))
    }
}
