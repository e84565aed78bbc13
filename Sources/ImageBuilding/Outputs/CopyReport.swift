// SPDX-License-Identifier: Apache-2.0

import OCI
import Registry

/// The result of `push` and `copy`, one entry per destination.
package struct CopyReport: Sendable {
    private var destinations: [JSONValue] = []
    /// The digest of the image; empty without destinations.
    package private(set) var digest = ""

    /// A report without destinations.
    package init() {}

    /// Adds a destination with the new tags of the image.
    package mutating func add(_ report: RepositoryCopy.Report, to repository: String, tags: [String]) {
        digest = report.digest.description
        destinations.append(
            .object([
                "repository": .string(repository), "tags": .array(tags.map(JSONValue.string)),
                "blobsSent": .integer(Int64(report.blobs)), "bytesSent": .integer(Int64(clamping: report.bytes)),
                "attached": .integer(Int64(report.attached)),
            ]))
    }

    /// The whole report as JSON.
    package var json: JSONValue {
        .object(["digest": .string(digest), "destinations": .array(destinations)])
    }
}

extension RepositoryCopy.Report {
    /// A note for a transfer without any blob, for which no progress was shown.
    package func nothingSent(to repository: String) -> String {
        "\(repository) has every blob of \(digest): nothing was sent."
    }
}
