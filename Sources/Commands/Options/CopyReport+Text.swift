// SPDX-License-Identifier: Apache-2.0

import ImageBuilding

extension CopyReport {
    /// The last line of standard output: the digest, or the whole report as JSON.
    func text(_ format: OutputFormat) -> String {
        switch format {
        case .text: digest
        case .json: String(decoding: json.canonical(), as: UTF8.self)
        }
    }
}
