// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Errors of reading and writing images.
package enum OCIError: Error, Hashable {
    /// The platform is not `linux/amd64` or `linux/arm64`.
    case unknownPlatform(String)
    /// The media type is not in `MediaType`.
    case unknownMediaType(String)
    /// A blob has another media type than required.
    case wrongMediaType(MediaType, wanted: MediaType)
    /// The `schemaVersion` is not 2.
    case unknownSchemaVersion(Int)
    /// The `rootfs.type` is not `layers`.
    case unknownRootFileSystem(String)
    /// The image reference is invalid.
    case invalidReference(String, ReferenceProblem)
    /// The name for an image to load has a digest.
    case digestInName(String)
    /// The text is not valid as a tag or reference name in a layout.
    case invalidTag(String)
    /// The date is not in the format of RFC 3339.
    case invalidDate(String)
    /// The JSON text is invalid.
    case json(JSONProblem, line: Int, column: Int)
    /// The value at `path` has a fraction, or a number beyond 64 bits.
    case notEncodable(path: String)
    /// A JSON document lacks required fields or has invalid ones.
    case document(String, problem: String)
    /// The compressor could not be created or produced no output.
    case compression
    /// The program is linked with other versions of the compressors than expected.
    case otherCompressors(String, expected: String)
    /// Bytes were written to a committed layer.
    case layerFinished
    /// The number of layers does not match the configuration or its history.
    case layerCount(layers: Int, configured: Int)
    /// A referenced blob is missing or has a wrong length.
    case missingBlob(Digest, in: FilePath)
    /// The bytes of a blob do not match its digest.
    case corruptBlob(Digest, in: FilePath)
    /// There is no image to publish.
    case noImages
    /// There are two images for one platform under one name.
    case duplicatePlatform(Platform)
    /// The layout has no image with that name.
    case unknownTag(String, among: [String], in: FilePath)
    /// No tag was given, and the layout does not have exactly one image.
    case notOneImage([String], in: FilePath)
    /// An archive has several images.
    case severalImages(String)
    /// An image has more layers than an overlay file system can stack.
    case tooManyLayers(Int, limit: Int)
    /// The layers of an image are larger than that many bytes.
    case tooLarge(limit: UInt64)
    /// The tag has no image for the platform.
    case missingPlatform(Platform, tag: String)
    /// The directory is not an image layout of version 1.
    case notALayout(FilePath)
    /// A tar without an image.
    case notAnArchive(String)
}

extension OCIError: UserFacingError {
    package var sentence: String {
        switch self {
        case .unknownPlatform(let text): "'\(text)' is not a platform this program knows."
        case .unknownMediaType(let text): "'\(text)' is not an OCI image media type this program reads."
        case .wrongMediaType(let found, let wanted): "Found \(found.rawValue) instead of \(wanted.rawValue)."
        case .unknownSchemaVersion(let version): "The schemaVersion is \(version) instead of 2."
        case .unknownRootFileSystem(let text): "The rootfs type is '\(text)' instead of 'layers'."
        case .invalidReference(let text, let problem): "'\(text)' is not an image reference: \(problem.clause)."
        case .digestInName(let text): "'\(text)' cannot be the name of a new image: it has a digest."
        case .invalidTag(let text): "'\(text)' is not a tag."
        case .invalidDate(let text): "'\(text)' is not a date and time of RFC 3339."
        case .json(let problem, let line, let column):
            "Line \(line), column \(column) of the JSON text: \(problem.clause)."
        case .notEncodable(let path):
            "The value at '\(path)' is not a whole number of 64 bits, so it cannot be written."
        case .document(let name, let problem): "Cannot use the \(name): \(problem)"
        case .compression: "The compressor failed."
        case .otherCompressors(let linked, let expected):
            "This program is linked with \(linked), and images are made with \(expected)."
        case .layerFinished: "The layer was already finished."
        case .layerCount(let layers, let configured):
            "The image has \(layers) layers, but its configuration has \(configured)."
        case .missingBlob(let digest, let root):
            "The blob \(digest) is missing from '\(root)', or has a wrong length."
        case .corruptBlob(let digest, let root): "The blob \(digest) in '\(root)' does not match its digest."
        case .noImages: "There is no image to publish."
        case .duplicatePlatform(let platform): "There are two images for \(platform)."
        case .unknownTag(let tag, _, let root): "There is no image '\(tag)' in '\(root)'."
        case .notOneImage(let tags, let root):
            tags.isEmpty ? "There is no image in '\(root)'." : "There are several images in '\(root)'."
        case .severalImages(let archive): "There are several images in '\(archive)'."
        case .tooManyLayers(let count, let limit): "The image has \(count) layers, and at most \(limit) are possible."
        case .tooLarge(let limit): "The layers of the image have more than \(limit >> 30) GiB."
        case .missingPlatform(let platform, let tag): "The image '\(tag)' does not exist for \(platform)."
        case .notALayout(let path): "'\(path)' is not an OCI image layout of version 1."
        case .notAnArchive(let name): "'\(name)' has no image in it: neither manifest.json nor oci-layout."
        }
    }

    package var hint: String? {
        switch self {
        case .unknownPlatform: "Use linux/amd64 or linux/arm64."
        case .invalidReference: "Write it as registry/path:tag or registry/path@sha256:…, in lower case."
        case .digestInName: "Remove the part from '@' on."
        case .invalidTag: "Use letters and digits, joined by single characters of '-._:@+' and slashes."
        case .invalidDate: "Write it like 2025-01-31T00:00:00Z."
        case .missingBlob, .corruptBlob: "Remove it and build the image again: finished work is kept."
        case .duplicatePlatform: "Publish them under two tags."
        case .unknownTag(_, let tags, let root), .notOneImage(let tags, let root): Self.choice(tags, root)
        case .severalImages: "Save one of them alone (`docker save`, `podman save`, `skopeo copy`)."
        case .missingPlatform: "Build it for that platform, or choose another one with `--platform`."
        case .notALayout:
            "Choose the directory with oci-layout; to write one, an empty one. An archive is docker-archive:FILE."
        case .notAnArchive: "Save an image with `docker save`, `podman save` or `skopeo copy`."
        default: nil
        }
    }

    private static func choice(_ tags: [String], _ root: FilePath) -> String {
        guard !tags.isEmpty else { return "Build one." }
        let more = tags.count > 10 ? " and \(tags.count - 10) more" : ""
        return "Name one of them: \(tags.prefix(10).map { "oci:\(root):\($0)" }.joined(separator: ", "))\(more)."
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .unknownPlatform, .invalidReference, .digestInName, .invalidTag: .usage
        default: .broken
        }
    }
}

extension JSONProblem {
    /// The reason as a clause.
    fileprivate var clause: String {
        switch self {
        case .tooLarge(let limit): "it is longer than the \(limit) bytes allowed"
        case .tooDeep: "more than \(JSONValue.depthLimit) lists and maps nested in each other"
        case .unexpectedEnd: "the text ends inside a value"
        case .unexpected(let byte) where (0x21..<0x7F).contains(byte):
            "'\(Unicode.Scalar(byte))' is not allowed here"
        case .unexpected(let byte): "the byte 0x\(String(byte, radix: 16)) is not allowed here"
        case .duplicateKey(let key): "the key '\(key)' occurs twice"
        case .fraction: "only whole numbers without an exponent are supported"
        case .numberTooLarge: "the number does not fit into 64 bits"
        case .invalidUTF8: "the text is not UTF-8"
        case .invalidEscape: "this is not an escape of JSON"
        }
    }
}

extension ReferenceProblem {
    /// The reason as a clause.
    fileprivate var clause: String {
        switch self {
        case .tooLong: "it is too long"
        case .registry: "the part before the first slash is not a registry's name"
        case .repository: "the path is not words of lower-case letters and digits"
        case .tag: "the tag is not up to 128 letters, digits, '_', '.' and '-'"
        case .digest: "the part after '@' is not 'sha256:' and 64 lower-case hexadecimal digits"
        }
    }
}
