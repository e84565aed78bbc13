// SPDX-License-Identifier: Apache-2.0

import CProbe

/// One walk over the whole file tree, shared by all probes of files.
enum FileWalk {
    /// The paths of each kind, sorted. Computed at first use in the parent process, so that its children share the
    /// result.
    static let found: [Int: [String]] = {
        let collector = Collector()
        cprobe_walk(
            "",
            { context, path, kind in
                guard let context, let path else { return }
                Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue().note(String(cString: path), Int(kind))
            }, Unmanaged.passUnretained(collector).toOpaque())
        return collector.paths.mapValues { $0.sorted() }
    }()

    private final class Collector {
        /// The maximum number of paths of a kind; a single one is already a failure.
        private let limit = 200
        private(set) var paths: [Int: [String]] = [:]

        func note(_ path: String, _ kind: Int) {
            if paths[kind, default: []].count < limit { paths[kind, default: []].append(path) }
        }
    }
}
