// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    /// Probes that belong to no claim, by reason: no weakened container of the recording made them red, and a probe
    /// that cannot fail proves nothing. An unexpected outcome fails the report all the same. A test compares this list
    /// with the recording.
    package static let watched: [String: Set<ProbeID>] = [
        "the engine makes every mount private, and cannot start without a mount namespace": [
            .host(.nsMnt), .mount(.propagation),
        ],
        "not in the kernel of the recording": [
            .kernelFile(.maskedAcpi), .kernelFile(.maskedAsound), .kernelFile(.maskedKcore),
            .kernelFile(.maskedLatencyStats),
            .kernelFile(.maskedPowercap), .kernelFile(.maskedSchedDebug), .kernelFile(.maskedScsi),
            .kernelFile(.writeModprobe),
            .kernelFile(.writeSysrq), .kernelFile(.writeSysrqTrigger), .kernelFile(.writeUeventHelper),
        ],
        "not a capability of the machine of the recording, or kept by its control groups": [
            .capability(.sysResource), .capability(.sysNice),
        ],
    ]
}
