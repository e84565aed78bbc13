// SPDX-License-Identifier: Apache-2.0

import Archive

/// Who was at work when, and so who wrote what.
package struct WorkingTimes: Sendable {
    /// The moment at which a worker begins.
    package struct Event: Sendable {
        /// Nanoseconds since 1970.
        package let time: Int64
        /// Who it was.
        package let worker: ConfigureTracer.Worker

        /// An event at a time.
        package init(time: Int64, worker: ConfigureTracer.Worker) {
            self.time = time
            self.worker = worker
        }
    }

    /// How long a line may take until it is seen, in nanoseconds.
    private static let delay: Int64 = 2_000_000_000

    private let events: [Event]

    /// The times of those events, in their order.
    package init(events: [Event]) { self.events = events }

    /// Who wrote a file that was changed at `time`: one, when the path has the package's name, when the script speaks
    /// of the file or of its directory, or when nobody else was at work around that time; else the one or two by the
    /// time alone.
    ///
    /// dpkg runs one script at a time, so who was not at work did not write it; but lines arrive late, on a busy
    /// machine by seconds.
    ///
    /// - Parameter speaks: Whether a worker's script has the words in it.
    /// - Throws: What `speaks` throws.
    package func writers(
        of path: ArchivePath, changed time: Int64,
        speaks: (ConfigureTracer.Worker, String) throws -> Bool
    ) rethrows -> [ConfigureTracer.Worker] {
        let byTime = events.sorted { abs($0.time - time) < abs($1.time - time) }
        let current = atWork(at: time)
        let near = byTime.filter { abs($0.time - time) < Self.delay || current.contains($0.worker) }
        // Who speaks of a file need not have made it: postgresql-common does of ssl-cert's.
        if let named = Self.mostNamed(current, in: path) { return [named] }
        for words in [path.string, path.name] {
            if let speaking = try near.first(where: { try speaks($0.worker, words) }) { return [speaking.worker] }
        }
        // Not /etc or /var/lib: every other script speaks of those.
        for directory in path.ancestors.map(\.string) where directory.split(separator: "/").count > 2 {
            if let speaking = try near.first(where: { try speaks($0.worker, directory) }) { return [speaking.worker] }
        }
        guard current.count > 1 else { return current }
        return try byTime.first { try speaks($0.worker, path.string) }.map { [$0.worker] } ?? current
    }

    /// Who had begun by then, and who began next, where that may have been in time.
    private func atWork(at time: Int64) -> [ConfigureTracer.Worker] {
        let next = events.firstIndex { $0.time > time } ?? events.count
        let begun = next > 0 ? [events[next - 1]] : []
        // Lines are late, never early: what began much later did not write it, and a worker of long standing did.
        let following = events[next...].prefix(1).filter { $0.time - time < Self.delay || begun.isEmpty }
        return (begun + following).map(\.worker)
    }

    /// The worker whose package's name is in the path with more of its parts than any other's: postgresql-15 in
    /// `/var/lib/postgresql/15/main`, ssl-cert in `ssl-cert-snakeoil.pem`.
    private static func mostNamed(
        _ workers: [ConfigureTracer.Worker], in path: ArchivePath
    ) -> ConfigureTracer.Worker? {
        let words = path.string.split { $0 == "/" || $0 == "-" || $0 == "." }
        let scores = workers.map { worker in
            let parts = (worker.script?.package ?? "").split(separator: "-")
            return parts.allSatisfy(words.contains) ? parts.count : 0
        }
        guard let best = scores.max(), best > 0, scores.count(where: { $0 == best }) == 1 else { return nil }
        return zip(workers, scores).first { $0.1 == best }?.0
    }
}
