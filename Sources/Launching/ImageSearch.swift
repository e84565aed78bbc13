// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import Engine
import ImageDefinition
import OCI
import SystemPackage

/// The search for an image that was built from a definition and its lock, by the name that follows from the definition
/// and the label of the image.
struct ImageSearch: Sendable {
    private let request: ImageRequest
    private let directory: FilePath
    private let store: Store
    private let name: LocalImageName

    /// A search for the image of `definition`, which is in `directory`.
    init(_ request: ImageRequest, of definition: ImageDefinition, in directory: FilePath, store: Store) {
        (self.request, self.directory, self.store) = (request, directory, store)
        name = LocalImageName(of: definition, in: directory, stock: request.stock)
    }

    /// The image in the store, or else in the engine; the one without the agent if it was requested, or if only that
    /// exists.
    ///
    /// - Throws: `BuildError.unknownImage`, `LaunchError.otherImage`, `OCIError`, `EngineError`.
    func image(in dialect: CommandLineDialect?, environment: [String: String]) async throws -> LocalImage {
        if let found = try stored() { return found }
        if let dialect {
            let engine = try await CommandLineEngine.find(dialect, environment: environment)
            if let found = try await image(in: engine) { return found }
        }
        throw BuildError.unknownImage(tags[0].name)
    }

    /// The image in the store; `nil` without one.
    ///
    /// - Throws: `OCIError`.
    func stored() throws -> LocalImage? {
        for (tag, isBase) in tags {
            guard var found = try stored(tag, isBase: isBase) else { continue }
            found.lacksAgent = isBase
            return found
        }
        return nil
    }

    /// - Throws: `BuildError.unknownImage`, `OCIError`.
    func required() throws -> LocalImage {
        guard let found = try stored() else { throw BuildError.unknownImage(tags[0].name) }
        return found
    }

    private var tags: [(name: String, isBase: Bool)] {
        (request.isBase ? [true] : [false, true]).map { (name.tag(base: $0), $0) }
    }

    private func stored(_ tag: String, isBase: Bool) throws -> LocalImage? {
        let named = try store.builtImage(tag, for: request.platform)
        if let named, let lock = request.lock, named.label == label(isBase, lock.written) { return local(named, tag) }
        let wanted = label(isBase)
        if let named, named.label == nil || wanted == nil || named.label == wanted { return local(named, tag) }
        if let wanted, let other = labelled(wanted) { return other }
        if let named {
            var image = local(named, tag)
            image.warning =
                "the image '\(tag)' was built from another definition or lock than '\(directory)'; "
                + "`opencode-docker build` builds it anew"
            return image
        }
        guard let former = name.formerTag(base: isBase), let old = try? store.builtImage(former, for: request.platform),
            old.label == nil
        else { return nil }
        var image = local(old, former)
        image.warning =
            "the image '\(former)' does not tell which definition it was built from; `opencode-docker build` "
            + "builds that of '\(directory)' as '\(tag)'"
        return image
    }

    private func local(_ built: BuiltImage, _ tag: String) -> LocalImage {
        LocalImage(.store(built), tag: tag, store: store)
    }

    /// An image of the store with that label, under any name.
    private func labelled(_ wanted: String) -> LocalImage? {
        let names = (try? ImageLayout(root: store.imagesDirectory).tags()) ?? []
        for name in names {
            guard let built = try? store.builtImage(name, for: request.platform), built.label == wanted else {
                continue
            }
            var image = local(built, name)
            image.note = "Image: '\(name)', which was built from '\(directory)'."
            return image
        }
        return nil
    }

    /// The image in an engine under the definition's name, with its label; `nil` when it has none of that name.
    private func image(in engine: CommandLineEngine) async throws -> LocalImage? {
        var other: String?
        for (tag, isBase) in tags {
            guard let id = try await engine.image(tag) else { continue }
            let execution = try await engine.execution(of: id)
            guard let wanted = label(isBase), execution.labels[DefinitionContents.label] == wanted else {
                other = other ?? tag
                continue
            }
            var image = LocalImage(.engine(id, execution), tag: tag, store: store)
            image.lacksAgent = isBase
            image.note = "Image: '\(tag)' of \(engine.dialect.program), built from '\(directory)'."
            return image
        }
        guard let other else { return nil }
        throw LaunchError.otherImage(other, engine.dialect.program, directory.string)
    }

    /// The label of the definition's image; `nil` when it is unknown.
    private func label(_ isBase: Bool) -> String? {
        request.lock.flatMap { $0.canonical() }.flatMap { label(isBase, $0) }
    }

    private func label(_ isBase: Bool, _ lock: Digest) -> String? {
        try? DefinitionContents.inputs(of: directory, lock: lock, platform: request.platform, includesPrograms: !isBase)
    }
}

extension BuiltImage {
    /// The label with the digest of the inputs; `nil` for images of older programs.
    fileprivate var label: String? { image.configuration.config.labels[DefinitionContents.label] }
}
