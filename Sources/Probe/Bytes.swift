// SPDX-License-Identifier: Apache-2.0

import CProbe
import Glibc

/// Bounded reading through file descriptors.
enum Bytes {
    /// Reads until the end of file, at most `limit` bytes.
    static func readAll(_ descriptor: Int32, limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < limit {
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}

/// The lines of a text file; `nil` when it cannot be opened.
func lines(of path: String) -> [Substring]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return String(decoding: Bytes.readAll(descriptor, limit: 1 << 20), as: UTF8.self).split(separator: "\n")
}

/// The value of `name:` in a file such as /proc/self/status.
func field(_ name: String, of path: String) -> String? {
    guard let line = lines(of: path)?.first(where: { $0.hasPrefix(name + ":") }) else { return nil }
    let words = line.dropFirst(name.count + 1).split { $0 == " " || $0 == "\t" }
    return words.joined(separator: " ")
}

/// Opens a file with `flags` and closes it again, without reading or writing.
func opening(_ path: String, _ flags: Int32) -> ProbeOutcome {
    let descriptor = open(path, flags | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return .errno(errno) }
    close(descriptor)
    return .ok
}

/// The names in a directory; `nil` when it cannot be listed.
func names(in directory: String) -> [String]? {
    guard let stream = opendir(directory) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// Runs `body` with a new file in the scratch directory, which is removed afterwards.
func withScratchFile(_ setting: Setting, _ body: (String) -> ProbeOutcome) -> ProbeOutcome {
    let path = "\(setting.scratch)/.probe-\(getpid())"
    let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return .skipped("no scratch file") }
    close(descriptor)
    defer { unlink(path) }
    return body(path)
}
