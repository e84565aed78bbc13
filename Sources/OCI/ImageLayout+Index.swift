// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension ImageLayout {
    /// The tag of an entry of the index.
    static func name(of entry: JSONValue) -> String? { entry["annotations"]?[referenceName]?.string }

    /// Returns `entries` with each of `tags` naming `top`; entries with a name are sorted after those without.
    static func entries(_ entries: [JSONValue], naming top: Descriptor, _ tags: [String]) throws -> [JSONValue] {
        let replaced = Set(tags)
        var kept = entries.filter { name(of: $0).map { !replaced.contains($0) } ?? true }
        if tags.isEmpty {
            let entry = try CanonicalJSON.jsonValue(of: top)
            if !kept.contains(entry) { kept.append(entry) }
        }
        for tag in replaced {
            var named = top
            named.annotations = [referenceName: tag]
            kept.append(try CanonicalJSON.jsonValue(of: named))
        }
        let nameless = kept.filter { name(of: $0) == nil }
        let named = kept.compactMap { entry in name(of: entry).map { ($0, entry) } }
        return nameless + named.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }.map(\.1)
    }

    /// The entries of `index.json`; empty when the layout does not exist.
    func readEntries() throws -> [JSONValue] { try readIndex()?["manifests"]?.array ?? [] }

    /// Replaces the entries, `old`, and preserves the other fields of the index.
    func write(_ entries: [JSONValue], unlike old: [JSONValue]) throws {
        if entries == old, Files.exists(index) { return }
        var members: [String: JSONValue] = [
            "schemaVersion": .integer(2), "mediaType": .string(MediaType.index.rawValue),
        ]
        if case .object(let present)? = try readIndex() { members.merge(present) { _, kept in kept } }
        members["manifests"] = .array(entries)
        try Files.write(JSONValue.object(members).canonical(), to: index)
    }

    private func readIndex() throws -> JSONValue? {
        guard Files.exists(index) else { return nil }
        try checkMarker()
        let bytes = try Files.read(index, limit: Document.sizeLimit)
        do {
            let value = try JSONValue(parsing: bytes)
            guard value["schemaVersion"]?.integer == 2, value["manifests"]?.array != nil else {
                throw OCIError.document("index \(index)", problem: "it is not an OCI image index.")
            }
            return value
        } catch OCIError.json(let problem, let line, let column) {
            let fault = OCIError.json(problem, line: line, column: column)
            throw OCIError.document("index \(index)", problem: fault.sentence)
        }
    }

    /// Checks that the directory is a layout of version 1 (image-layout.md, "oci-layout file").
    func checkMarker() throws {
        let path = root.appending("oci-layout")
        guard Files.exists(path), let marker = try? JSONValue(parsing: Files.read(path, limit: 4096)),
            marker["imageLayoutVersion"]?.string?.hasPrefix("1.") == true
        else { throw OCIError.notALayout(root) }
    }

    /// Runs `body` under an exclusive lock of this layout's index; the kernel releases it when the process exits.
    func withIndexLock(_ body: () throws -> Void) throws {
        let directory = try mapErrno("open", root) {
            try FileDescriptor.open(root, .readOnly, options: [.directory, .closeOnExec])
        }
        defer { try? directory.close() }
        while flock(directory.rawValue, LOCK_EX) != 0 {
            guard errno == EINTR else { throw FileError("lock", root, Errno(rawValue: errno)) }
        }
        try body()
    }
}
