// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry

extension Releaser {
    /// Finishes the newest release of this branch when it was killed after its commit point, on any machine. Call it
    /// before planning a new release.
    ///
    /// - Parameter tip: The branch's commit at the remote.
    /// - Returns: The finished release; `nil` when none was unfinished.
    /// - Throws: `ReleaseError`, and the repository's errors.
    func finishPending(
        at tip: GitObject, progress: @escaping ProgressSink
    ) async throws -> ReleaseRecord? {
        guard let tag = try await git.releases(before: tip).first else { return nil }
        try await adoptPending(tag)
        guard let bytes = try await git.file(ReleaseRecord.path, in: tag.commit) else {
            throw ReleaseError.record(tag.version.gitTag)
        }
        let record = try ReleaseRecord(parsing: bytes, of: tag.version.gitTag)
        guard record.repository == repository.name else {
            progress(.note("\(record.version) was released to \(record.repository); that repository is not checked."))
            return nil
        }
        guard try await !isComplete(record) else { return nil }
        progress(.note("\(record.version) is unfinished: finishing it."))
        try await restore(record, tag, progress)
        try await moveTags(to: record)
        try journal.end()
        return record
    }

    /// Updates the local branch and its files when this machine pushed a release and was killed before the update.
    private func adoptPending(_ tag: ReleaseTag) async throws {
        guard let plan = try journal.noted(ReleasePlan.self, of: "plan"), plan.version == tag.version,
            let parent = try await git.parent(of: tag.commit), parent == plan.parent
        else { return }
        let tree = try await git.workTree()
        guard tree.branch == plan.branch else { return }
        if tree.head == tag.commit { return try await git.bringFiles(from: parent, to: tag.commit) }
        guard tree.head == parent, let object = try await git.tagObject(tag.version.gitTag) else { return }
        try await git.adopt(
            PreparedCommit(parent: parent, commit: tag.commit, tag: object, name: tag.version.gitTag), on: plan.branch)
    }

    /// Whether every tag of the release names it, or a newer release.
    private func isComplete(_ record: ReleaseRecord) async throws -> Bool {
        for tag in record.tags where try await !isAtOrBeyond(record, tag) { return false }
        return true
    }

    private func isAtOrBeyond(_ record: ReleaseRecord, _ tag: String) async throws -> Bool {
        guard let there = try await repository.digest(ofTag: tag) else { return false }
        if there == record.image { return true }
        if tag == record.tags.first { throw ReleaseError.tagTaken(tag, there) }
        return try await repository.version(of: there).map { $0 > record.version } ?? false
    }

    /// Tags the image with its version, then moves the tags that only go forward.
    func moveTags(to record: ReleaseRecord) async throws {
        guard let manifest = try await repository.manifest(.digest(record.image)) else {
            throw ReleaseError.lost(record.image)
        }
        for tag in record.tags where try await !isAtOrBeyond(record, tag) {
            try await repository.put(manifest: manifest, as: .tag(tag))
        }
    }

    /// Rebuilds from the tag what a registry's cleanup removed after the commit point.
    private func restore(
        _ record: ReleaseRecord, _ tag: ReleaseTag, _ progress: @escaping ProgressSink
    ) async throws {
        if try await isThere(record) { return }
        guard record.kind == builder.kind else { throw ReleaseError.otherKind(record.version, record.kind) }
        progress(
            .note("The registry has lost parts of \(record.version): building it again from its tag."))
        try await withFiles(of: tag.commit) { directory in
            let (images, store) = try await builder.build(directory, progress: progress)
            let image = try await repository.push(images, from: store, progress: progress)
            guard image == record.image else {
                throw ReleaseError.notReproducible(expected: record.image, actual: image)
            }
            let release = AttestedRelease(
                version: record.version, repository: record.repository, tags: record.tags, source: record.source,
                created: try await git.date(of: tag.commit), built: BuiltRelease(image, images), images: images,
                directory: directory)
            _ = try await attester.attest(release, progress: progress)
            try await attester.readBack(release)
        }
    }

    private func isThere(_ record: ReleaseRecord) async throws -> Bool {
        for digest in Set([record.image] + record.platforms.values + (record.zstd ?? [:]).values) {
            guard try await repository.manifest(.digest(digest)) != nil else { return false }
            let attached = Set(try await repository.referrers(of: digest))
            guard attached.isSuperset(of: record.referrers[digest.description] ?? []) else { return false }
        }
        for tag in record.signatureTags.keys where try await repository.digest(ofTag: tag) == nil { return false }
        return true
    }
}

extension RepositoryReading {
    /// The version in an image's label; `nil` without one. It is unauthenticated, and only used to avoid moving a tag
    /// backwards.
    func version(of image: Digest) async throws -> SemanticVersion? {
        guard let top = try await manifest(.digest(image)), let document = try? JSONValue(parsing: top.bytes) else {
            return nil
        }
        var single = document
        if let first = document["manifests"]?.array?.first?["digest"]?.string, let digest = try? Digest(first) {
            guard let manifest = try await manifest(.digest(digest)) else { return nil }
            single = (try? JSONValue(parsing: manifest.bytes)) ?? document
        }
        guard let config = single["config"]?["digest"]?.string, let digest = try? Digest(config) else { return nil }
        let bytes = try await blob(digest, limit: 4 << 20)
        let labels = (try? JSONValue(parsing: bytes))?["config"]?["Labels"]
        return labels?["org.opencontainers.image.version"]?.string.flatMap { SemanticVersion(ofImage: $0) }
    }
}
