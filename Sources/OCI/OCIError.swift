// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Everything this module refuses.
package enum OCIError: Error, Hashable {
    /// Not `linux/amd64` or `linux/arm64`.
    case unknownPlatform(String)
    /// No type of `MediaType`.
    case unknownMediaType(String)
    /// A blob of one type where another must stand.
    case wrongMediaType(MediaType, wanted: MediaType)
    /// A `schemaVersion` other than 2.
    case unknownSchemaVersion(Int)
    /// A `rootfs.type` other than `layers`.
    case unknownRootFileSystem(String)
    /// Not an image reference.
    case invalidReference(String, ReferenceProblem)
    /// A name for an image that is still to be loaded, with a digest.
    case digestInName(String)
    /// Not a tag or reference name that a layout's index may hold.
    case invalidTag(String)
    /// Not a date of RFC 3339.
    case invalidDate(String)
    /// Not the JSON this program reads.
    case json(JSONProblem, line: Int, column: Int)
    /// A value with a fraction, or a number beyond 64 bits, at this place.
    case notEncodable(path: String)
    /// A document that is JSON, but does not say what it must, or a fault inside it.
    case document(String, problem: String)
    /// The compressor could not be set up or gave no output.
    case compression
    /// The program is linked with other compressors than those that decide an image's digest.
    case otherCompressors(String, expected: String)
    /// Bytes for a layer that was already committed.
    case layerFinished
    /// As many layers as the configuration tells, and its history, are needed.
    case layerCount(layers: Int, configured: Int)
    /// A blob that is referred to and not there, or shorter or longer than told.
    case missingBlob(Digest, in: FilePath)
    /// A blob whose bytes are not those of its name.
    case corruptBlob(Digest, in: FilePath)
    /// Nothing to publish.
    case noImages
    /// Two images for one platform under one name.
    case duplicatePlatform(Platform)
    /// No image of that name in the layout, which has others.
    case unknownTag(String, among: [String], in: FilePath)
    /// No tag was asked for, and there is not just one.
    case notOneImage([String], in: FilePath)
    /// No image for that platform under that name.
    case missingPlatform(Platform, tag: String)
    /// A directory that is no image layout of version 1.
    case notALayout(FilePath)
}

extension OCIError: UserFacingError {
    package var sentence: String {
        switch self {
        case .unknownPlatform(let text): "'\(text)' is not a platform this program knows."
        case .unknownMediaType(let text): "'\(text)' is not an OCI image media type this program reads."
        case .wrongMediaType(let found, let wanted): "Found \(found.rawValue) where \(wanted.rawValue) must stand."
        case .unknownSchemaVersion(let version): "The schemaVersion is \(version) where it must be 2."
        case .unknownRootFileSystem(let text): "The rootfs type is '\(text)' where it must be 'layers'."
        case .invalidReference(let text, let problem): "'\(text)' is not an image reference: \(problem.clause)."
        case .digestInName(let text): "'\(text)' cannot be the name of a new image: it has a digest."
        case .invalidTag(let text): "'\(text)' is not a tag."
        case .invalidDate(let text): "'\(text)' is not a date and time as RFC 3339 writes them."
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
            "The image has \(layers) layers, but its configuration tells of \(configured)."
        case .missingBlob(let digest, let root):
            "The blob \(digest) is missing from '\(root)', or not as long as it must be."
        case .corruptBlob(let digest, let root): "The blob \(digest) in '\(root)' does not have the bytes of its name."
        case .noImages: "There is no image to publish."
        case .duplicatePlatform(let platform): "There are two images for \(platform)."
        case .unknownTag(let tag, _, let root): "There is no image '\(tag)' in '\(root)'."
        case .notOneImage(let tags, let root):
            tags.isEmpty ? "There is no image in '\(root)'." : "There are several images in '\(root)'."
        case .missingPlatform(let platform, let tag): "The image '\(tag)' is not there for \(platform)."
        case .notALayout(let path): "'\(path)' is not an OCI image layout of version 1."
        }
    }

    package var hint: String? {
        switch self {
        case .unknownPlatform: "Use linux/amd64 or linux/arm64."
        case .invalidReference: "Write it as registry/path:tag or registry/path@sha256:…, in lower case."
        case .digestInName: "Leave out the part from '@' on."
        case .invalidTag: "Use letters and digits, joined by single characters of '-._:@+' and slashes."
        case .invalidDate: "Write it like 2025-01-31T00:00:00Z."
        case .missingBlob, .corruptBlob: "Remove it and build the image again: finished work is kept."
        case .duplicatePlatform: "Publish them under two tags."
        case .unknownTag(_, let tags, let root), .notOneImage(let tags, let root): Self.choice(tags, root)
        case .missingPlatform: "Build it for that machine, or choose another one with `--platform`."
        case .notALayout: "Choose another directory, or an empty one."
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
    /// What is wrong, as a clause.
    fileprivate var clause: String {
        switch self {
        case .tooLarge(let limit): "it is longer than the \(limit) bytes allowed"
        case .tooDeep: "more than \(JSONValue.depthLimit) lists and maps inside one another"
        case .unexpectedEnd: "the text ends inside a value"
        case .unexpected(let byte) where (0x21..<0x7F).contains(byte):
            "'\(Unicode.Scalar(byte))' cannot stand here"
        case .unexpected(let byte): "the byte 0x\(String(byte, radix: 16)) cannot stand here"
        case .duplicateKey(let key): "the key '\(key)' is there twice"
        case .fraction: "only whole numbers without an exponent are read"
        case .numberTooLarge: "the number does not fit into 64 bits"
        case .invalidUTF8: "the text is not UTF-8"
        case .invalidEscape: "this is not an escape of JSON"
        }
    }
}

extension ReferenceProblem {
    /// What is wrong, as a clause.
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
