// SPDX-License-Identifier: Apache-2.0

import Archive

/// The times at which scripts began, and the attribution of files to them.
package struct WorkingTimes: Sendable {
    /// The start of a worker.
    package struct Event: Sendable {
        /// Nanoseconds since 1970.
        package let time: Int64
        /// The worker.
        package let worker: ConfigureTracer.Worker

        /// Creates an event.
        package init(time: Int64, worker: ConfigureTracer.Worker) {
            self.time = time
            self.worker = worker
        }
    }

    /// The maximum delay of a line in nanoseconds.
    private static let delay: Int64 = 2_000_000_000

    private let events: [Event]

    /// Creates the times of these events, which must be sorted.
    package init(events: [Event]) { self.events = events }

    /// The writers of a file that was changed at `time`: one, when the path contains the package's name, when its
    /// script mentions the file or its directory, or when no other worker ran around that time; else one or two by the
    /// time alone.
    ///
    /// dpkg runs one script at a time, so a script that did not run cannot have written the file; but lines arrive
    /// late, by seconds on a busy machine.
    ///
    /// - Parameter speaks: Returns whether a worker's script contains the words.
    /// - Throws: The errors of `speaks`.
    package func writers(
        of path: ArchivePath, changed time: Int64,
        speaks: (ConfigureTracer.Worker, String) throws -> Bool
    ) rethrows -> [ConfigureTracer.Worker] {
        let byTime = events.sorted { abs($0.time - time) < abs($1.time - time) }
        let current = atWork(at: time)
        let near = byTime.filter { abs($0.time - time) < Self.delay || current.contains($0.worker) }
        // A script that mentions a file need not have written it: postgresql-common mentions ssl-cert's.
        if let named = Self.mostNamed(current, in: path) { return [named] }
        for words in [path.string, path.name] {
            if let speaking = try near.first(where: { try speaks($0.worker, words) }) { return [speaking.worker] }
        }
        // Not /etc or /var/lib: many scripts mention those.
        for directory in path.ancestors.map(\.string) where directory.split(separator: "/").count > 2 {
            if let speaking = try near.first(where: { try speaks($0.worker, directory) }) { return [speaking.worker] }
        }
        guard current.count > 1 else { return current }
        return try byTime.first { try speaks($0.worker, path.string) }.map { [$0.worker] } ?? current
    }

    /// The worker that had begun by then, and the next one when its line may have been delayed.
    private func atWork(at time: Int64) -> [ConfigureTracer.Worker] {
        let next = events.firstIndex { $0.time > time } ?? events.count
        let begun = next > 0 ? [events[next - 1]] : []
        // Lines are late, never early: a worker that began much later did not write the file, one that began earlier
        // may have.
        let following = events[next...].prefix(1).filter { $0.time - time < Self.delay || begun.isEmpty }
        return (begun + following).map(\.worker)
    }

    /// The worker whose package's name shares the most parts with the path: postgresql-15 in
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
