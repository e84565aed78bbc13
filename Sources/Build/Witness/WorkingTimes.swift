// SPDX-License-Identifier: Apache-2.0

import Archive

/// Who was at work when, and so who wrote what.
package struct WorkingTimes: Sendable {
    /// Somebody began to work.
    package struct Event: Sendable {
        /// Nanoseconds since 1970.
        package let time: Int64
        /// Who it was.
        package let worker: ConfigureWitness.Worker

        /// An event at a time.
        package init(time: Int64, worker: ConfigureWitness.Worker) {
            self.time = time
            self.worker = worker
        }
    }

    /// How long a line may take until it is seen, in nanoseconds.
    private static let delay: Int64 = 2_000_000_000

    private let events: [Event]

    /// The times of those events, in their order.
    package init(events: [Event]) { self.events = events }

    /// Who wrote a file that was changed at `time`: one, when a script speaks of it or of its directory, or when nobody else was at
    /// work around that time; else the one or two by the time alone.
    ///
    /// - Parameter speaks: Whether a worker's script has the words in it.
    /// - Throws: What `speaks` throws.
    package func writers(
        of path: ArchivePath, changed time: Int64,
        speaks: (ConfigureWitness.Worker, String) throws -> Bool
    ) rethrows -> [ConfigureWitness.Worker] {
        let byTime = events.sorted { abs($0.time - time) < abs($1.time - time) }
        // A whole path is proof enough; a mere name must also fit the time.
        if let speaking = try byTime.first(where: { try speaks($0.worker, path.string) }) { return [speaking.worker] }
        let current = atWork(at: time)
        let near = byTime.filter { abs($0.time - time) < Self.delay || current.contains($0.worker) }
        // Not /etc or /var/lib: every other script speaks of those.
        let folders = path.ancestors.map(\.string).filter { $0.split(separator: "/").count > 2 }
        for words in [path.name] + folders {
            if let speaking = try near.first(where: { try speaks($0.worker, words) }) { return [speaking.worker] }
        }
        let named = current.filter { worker in worker.script.map { Self.isNamed($0.package, in: path) } ?? false }
        return named.count == 1 ? named : current
    }

    /// Who had begun by then, and who began next, where that may have been in time.
    private func atWork(at time: Int64) -> [ConfigureWitness.Worker] {
        let next = events.firstIndex { $0.time > time } ?? events.count
        let begun = next > 0 ? [events[next - 1]] : []
        // Lines are late, never early: what began much later did not write it, and a worker of long standing did.
        let following = events[next...].prefix(1).filter { $0.time - time < Self.delay || begun.isEmpty }
        return (begun + following).map(\.worker)
    }

    /// Whether a directory of the path has the package's name, with or without the version behind it.
    private static func isNamed(_ package: String, in path: ArchivePath) -> Bool {
        path.string.split(separator: "/").contains { part in
            part.count > 3 && package.hasPrefix(part) && (package.dropFirst(part.count).first.map { !$0.isLetter } ?? true)
        }
    }
}
