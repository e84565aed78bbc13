// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    /// EROFS for root, which passes permission checks unless it is an ordinary user of the host; the user fails the
    /// permission check first. Some files exist only with certain kernel configurations; a missing file is not writable
    /// either.
    static func kernelFiles(_ container: ExpectedContainer) -> [Expectation] {
        let refused: [Outcome] = container.rootless ? ["errno:EROFS", "errno:EACCES"] : ["errno:EROFS"]
        return [
            each(
                [KernelFileProbe.writeCorePattern, .writeRandomizeVaSpace, .writeOvercommit], agent: ["errno:EACCES"],
                root: refused),
            each(
                [KernelFileProbe.writeModprobe, .writeSysrq, .writeSysrqTrigger],
                agent: ["errno:EACCES", "errno:ENOENT"],
                root: refused + ["errno:ENOENT"]),
            all(
                [KernelFileProbe.writeUeventHelper, .writeKsm, .writeProfiling], "errno:EROFS", "errno:EACCES",
                "errno:ENOENT"),
            all(
                [
                    KernelFileProbe.maskedKcore, .maskedKeys, .maskedTimerList, .maskedLatencyStats, .maskedSchedDebug,
                    .maskedScsi, .maskedAcpi, .maskedAsound, .maskedInterrupts, .maskedFirmware, .maskedPowercap,
                ], "value:empty", "value:absent"),
        ].flatMap(\.self)
    }
}
