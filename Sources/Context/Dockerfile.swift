// SPDX-License-Identifier: Apache-2.0

import Assembly
import OCI

/// The Dockerfile of a context: unpack the layers, run the configure program once, add the project's own files.
struct Dockerfile {
    let context: BuildContext
    /// The file names of the layers in the context: packages and the seed, then rootfs and programs.
    let layers: [String]

    private var execution: ImageConfiguration.Execution { context.configuration.config }

    var text: String {
        let below = context.packageLayers.count + 1
        var lines = ["# Builds the image without network: docker build --network none - < context.tar", "FROM scratch"]
        lines += layers[..<below].map { "ADD \($0) /" }
        lines.append("RUN [\"/.opencode-docker/configure\", \"check\"]")
        lines += layers[below...].map { "ADD \($0) /" }
        lines += execution.env.sorted().map { "ENV \(quoted($0))" }
        lines += labels + settings
        return lines.joined(separator: "\n") + "\n"
    }

    private var labels: [String] {
        (execution.labels).sorted { $0.key < $1.key }.map { "LABEL \($0.key)=\(quote($0.value))" }
    }

    private var settings: [String] {
        var lines = ["WORKDIR \(execution.workingDir)", "ENTRYPOINT \(list(execution.entrypoint))"]
        if !execution.cmd.isEmpty { lines.append("CMD \(list(execution.cmd))") }
        if !execution.stopSignal.isEmpty { lines.append("STOPSIGNAL \(execution.stopSignal)") }
        if let check = execution.healthcheck { lines.append(healthCheck(check)) }
        return lines
    }

    private func healthCheck(_ check: HealthCheck) -> String {
        let times = [("interval", check.interval), ("timeout", check.timeout), ("start-period", check.startPeriod)]
        let options = times.compactMap { name, time in time.map { "--\(name)=\($0 / 1_000_000_000)s" } }
        let retries = check.retries.map { ["--retries=\($0)"] } ?? []
        return (["HEALTHCHECK"] + options + retries + ["CMD", list(Array(check.test.dropFirst()))])
            .joined(separator: " ")
    }

    private func list(_ words: [String]) -> String { "[" + words.map(quote).joined(separator: ", ") + "]" }

    /// `KEY=value` with the value quoted.
    private func quoted(_ assignment: String) -> String {
        let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return "\(parts[0])=\(quote(parts.count > 1 ? String(parts[1]) : ""))"
    }

    /// A double-quoted word in the Dockerfile's grammar, with `$` escaped.
    private func quote(_ text: String) -> String {
        var quoted = "\""
        for character in text {
            if "\"\\$".contains(character) { quoted.append("\\") }
            quoted.append(character == "\n" ? " " : character)
        }
        return quoted + "\""
    }
}
