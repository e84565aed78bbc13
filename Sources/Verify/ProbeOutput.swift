// SPDX-License-Identifier: Apache-2.0

import Claims
import Foundation

/// The probe's standard output: one JSON object per line, `{"id":"...","outcome":"..."}`.
package enum ProbeOutput {
    /// The maximum number of lines, more than any probe writes.
    package static let limit = 4096

    /// Parses the probe's output from `vantage`.
    ///
    /// - Throws: `VerifyError.unreadableProbeOutput` with the number of the first line that is not the result of a probe.
    package static func parse(_ bytes: [UInt8], from vantage: VantagePoint) throws(VerifyError) -> [ProbeResult] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        guard lines.count <= limit else { throw .unreadableProbeOutput(vantage, line: limit) }
        var results: [ProbeResult] = []
        for (index, line) in lines.enumerated() {
            guard let object = try? JSONDecoder().decode(Line.self, from: Data(line)),
                let probe = ProbeID(named: object.id)
            else { throw .unreadableProbeOutput(vantage, line: index + 1) }
            results.append(ProbeResult(probe, vantage, Outcome(object.outcome)))
        }
        return results
    }

    private struct Line: Decodable {
        var id: String
        var outcome: String
    }
}
