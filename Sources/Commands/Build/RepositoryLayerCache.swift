// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import OCI
import Registry

/// Layers shared through a repository in a registry, or through a directory that stands in for one.
///
/// The digest of a layer's inputs is a tag there. Blobs are held against their digests; that this blob comes of those
/// inputs is the word of whoever wrote the tag.
package actor RepositoryLayerCache: LayerCache {
    /// Opens the repository; the reading half may be allowed where the writing half is not.
    package typealias Opening = @Sendable (RepositoryAccess) async throws -> any BlobSource & BlobDestination

    let name: String
    let compression: LayerCompression
    private let setsOwners: Bool
    let open: Opening
    var isLost = false
    /// Layers that need not be pushed any more, and those that have to be, because what is there is no good.
    var fetched: Set<Digest> = []
    var broken: Set<Digest> = []

    /// The most layers on their way at once.
    static let parallelism = 4

    /// A cache of layers in `compression`, called `name` in warnings. Without `setsOwners`, which takes root, the
    /// trees' files are the caller's.
    package init(
        name: String, compression: LayerCompression, setsOwners: Bool = true, open: @escaping Opening
    ) {
        self.name = name
        self.setsOwners = setsOwners
        self.compression = compression
        self.open = open
    }

    /// The cache that the command line names, `registry/path` or `oci:DIR`.
    ///
    /// - Throws: As `RepositoryPlace(new:)`; `CommandError.taggedCache`.
    init(_ text: String, settings: RegistrySettings, compression: LayerCompression) throws {
        let place = try RepositoryPlace(new: text)
        guard place.isRepository else { throw CommandError.taggedCache(text) }
        self.init(name: text, compression: compression) { try await place.open(for: $0, settings) }
    }

    /// Asks for the tag of each.
    ///
    /// - Throws: `CancellationError` alone.
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
            try giveUp("cannot be read, so all layers are made here", error, progress)
            progress(.ended(step: step, summary: "nothing from \(name)"))
        }
    }

    /// What became of a wanted layer.
    private enum Outcome: Sendable {
        case absent, fetched
        case broken(String)
    }

    /// - Throws: What asking for the tag throws: then there is no cache. What is wrong with one layer is an outcome.
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

    /// Remembers what came and what is no good; a clause for the log.
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
            progress(.warning("Layers of the cache '\(name)' are no good and are made here (\(share)): \(first)"))
        }
        let count = outcomes.count { if case .fetched = $0.1 { true } else { false } }
        return "\(count) of \(outcomes.count) layers from \(name)"
    }

    /// - Throws: `error`, when it means that the user wants to stop.
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
    /// Whether it says nothing about what was asked for.
    fileprivate var isOutOfReach: Bool {
        switch self {
        case .unreachable, .busy: true
        default: false
        }
    }

    /// Whether somebody else may do it: what many registries also answer for a repository that the first push makes.
    var isRefusal: Bool {
        if case .denied = self { true } else { false }
    }
}
