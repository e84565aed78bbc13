// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import OCI
import Registry

/// Shares layers through a repository in a registry, or through an OCI layout.
///
/// The digest of a layer's inputs is its tag. Blobs are verified against their digests; but that a blob was built from
/// those inputs is only claimed by whoever wrote the tag.
package actor RepositoryLayerCache: LayerCache {
    /// Opens the repository; reading may be permitted when writing is not.
    package typealias Opening = @Sendable (RepositoryAccess) async throws -> any BlobSource & BlobDestination

    let name: String
    let compression: LayerCompression
    private let setsOwners: Bool
    let open: Opening
    var isLost = false
    /// Layers that need not be pushed, and layers that must be, because those in the repository are corrupt.
    var fetched: Set<Digest> = []
    var broken: Set<Digest> = []

    /// The maximum number of parallel transfers.
    static let parallelism = 4

    /// A cache of layers in `compression`; `name` is used in warnings. Without `setsOwners`, which needs root, the
    /// files of the trees belong to the caller.
    package init(
        name: String, compression: LayerCompression, setsOwners: Bool = true, open: @escaping Opening
    ) {
        self.name = name
        self.setsOwners = setsOwners
        self.compression = compression
        self.open = open
    }

    /// Fetches the layers whose tags exist.
    ///
    /// - Throws: `CancellationError` only.
    package func fetch(_ wanted: [WantedLayer], into store: Store, progress: @escaping ProgressSink) async throws {
        guard !wanted.isEmpty, !isLost else { return }
        let step = "cache"
        progress(.began(step: step, total: UInt64(wanted.count), unit: .items))
        do {
            let source = try await open(.reading)
            let outcomes = try await wanted.concurrentMap(limit: Self.parallelism) { [self] layer in
                let outcome = try await fetch(layer, from: source, into: store)
                progress(.advanced(step: step, by: 1, detail: layer.name))
                return outcome
            }
            progress(.ended(step: step, summary: note(Array(zip(wanted, outcomes)), progress)))
        } catch {
            try giveUp("cannot be read, so all layers are built here", error, progress)
            progress(.ended(step: step, summary: "nothing from \(name)"))
        }
    }

    /// The result for a wanted layer.
    private enum Outcome: Sendable {
        case absent, fetched
        case broken(String)
    }

    /// - Throws: Errors of the tag's request, after which the cache is not used. A corrupt layer is an outcome.
    private nonisolated func fetch(
        _ wanted: WantedLayer, from source: any BlobSource, into store: Store
    ) async throws -> Outcome {
        let tag = LayerArtifact.tag(wanted.key, compression)
        do {
            guard let manifest = try await source.manifest(.tag(tag)) else { return .absent }
            let found = try await LayerArtifact.record(of: wanted, compression, in: manifest, from: source)
            try await source.fetch([found.blob], into: store, progress: { _ in })
            try CachedLayer.restore(found.record, name: wanted.name, in: store, setsOwners: setsOwners)
            return .fetched
        } catch let error as RegistryError where error.isRefusal {
            return .absent
        } catch let error as RegistryError where error.isOutOfReach {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            return .broken(Self.reason(error))
        }
    }

    /// Records fetched and corrupt layers; returns a summary.
    private func note(_ outcomes: [(WantedLayer, Outcome)], _ progress: ProgressSink) -> String {
        var problems: [String] = []
        for (layer, outcome) in outcomes {
            switch outcome {
            case .absent: break
            case .fetched: fetched.insert(layer.key)
            case .broken(let problem):
                broken.insert(layer.key)
                problems.append(problem)
            }
        }
        if let first = problems.first {
            let share = "\(problems.count) of \(outcomes.count)"
            progress(.warning("Layers of the cache '\(name)' are corrupt and are rebuilt (\(share)): \(first)"))
        }
        let count = outcomes.count { if case .fetched = $0.1 { true } else { false } }
        return "\(count) of \(outcomes.count) layers from \(name)"
    }

    /// - Throws: `error`, when it is a cancellation.
    func giveUp(_ problem: String, _ error: any Error, _ progress: ProgressSink) throws {
        if error is CancellationError { throw error }
        isLost = true
        progress(.warning("The cache '\(name)' \(problem): \(Self.reason(error))"))
    }

    private static func reason(_ error: any Error) -> String {
        (error as? any UserFacingError)?.sentence ?? "\(error)"
    }
}

extension RegistryError {
    /// Whether the registry gave no answer about the request.
    fileprivate var isOutOfReach: Bool {
        switch self {
        case .unreachable, .busy: true
        default: false
        }
    }

    /// Whether permission is missing: many registries answer so for a repository that the first push will create.
    var isRefusal: Bool {
        if case .denied = self { true } else { false }
    }
}
