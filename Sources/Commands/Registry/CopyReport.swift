// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import OCI
import Registry

/// The forms a result can be printed in.
enum ResultFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

/// What `push` and `copy` did, one destination after the other.
struct CopyReport {
    private var destinations: [JSONValue] = []
    private var digest = ""

    /// Adds one destination, with the tags that name the image there now.
    mutating func add(_ report: RepositoryCopy.Report, to repository: String, tags: [String]) {
        digest = report.digest.description
        destinations.append(
            .object([
                "repository": .string(repository), "tags": .array(tags.map(JSONValue.string)),
                "blobsSent": .integer(Int64(report.blobs)), "bytesSent": .integer(Int64(clamping: report.bytes)),
                "attached": .integer(Int64(report.attached)),
            ]))
    }

    /// The last line of standard output: the digest, or everything as JSON.
    func text(_ format: ResultFormat) -> String {
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
    /// What is said where nothing else was: no bar has shown that anything happened.
    func nothingSent(to repository: String) -> String { "\(repository) has every blob of \(digest): nothing was sent." }
}
