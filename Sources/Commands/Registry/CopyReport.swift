// SPDX-License-Identifier: Apache-2.0

import OCI
import Registry

/// The result of `push` and `copy`, one entry per destination.
struct CopyReport {
    private var destinations: [JSONValue] = []
    private var digest = ""

    /// Adds a destination with the new tags of the image.
    mutating func add(_ report: RepositoryCopy.Report, to repository: String, tags: [String]) {
        digest = report.digest.description
        destinations.append(
            .object([
                "repository": .string(repository), "tags": .array(tags.map(JSONValue.string)),
                "blobsSent": .integer(Int64(report.blobs)), "bytesSent": .integer(Int64(clamping: report.bytes)),
                "attached": .integer(Int64(report.attached)),
            ]))
    }

    /// The last line of standard output: the digest, or the whole report as JSON.
    func text(_ format: OutputFormat) -> String {
        switch format {
        case .text: digest
        case .json:
            String(
                decoding: JSONValue.object(["digest": .string(digest), "destinations": .array(destinations)])
                    .canonical(), as: UTF8.self)
        }
    }
}

extension RepositoryCopy.Report {
    /// A note for a transfer without any blob, for which no progress was shown.
    func nothingSent(to repository: String) -> String { "\(repository) has every blob of \(digest): nothing was sent." }
}
