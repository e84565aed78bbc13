// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension PackagesIndex {
    /// The most bytes an index may have; Debian 12's largest has 50 MB.
    package static let limit = 1 << 29

    /// Reads a decompressed index in one go.
    ///
    /// - Throws: `FileError`.
    package init(archive: String, file: String, reading path: FilePath) throws {
        let bytes = try naming("read", path) {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try descriptor.closeAfter {
                var status = stat()
                guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
                guard status.st_size <= PackagesIndex.limit else { throw Errno.fileTooLarge }
                return try PackagesIndex.read(descriptor, count: Int(status.st_size))
            }
        }
        self.init(archive: archive, file: file, bytes: bytes)
    }

    private static func read(_ file: FileDescriptor, count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let part = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let got = try file.read(into: part)
                if got == 0 { return }
                filled += got
            }
        }
    }

    /// The names of the source packages the index has binaries of.
    package func sources() -> Set<String> {
        var sources: Set<String> = []
        var (name, source) = (String?.none, String?.none)
        func value(_ line: ArraySlice<UInt8>, after key: StaticString) -> String? {
            let key = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
            guard line.starts(with: key) else { return nil }
            return String(decoding: trimmed(line.dropFirst(key.count)).prefix { !isSpace($0) }, as: UTF8.self)
        }
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            switch line.first {
            case nil:
                if let found = source ?? name { sources.insert(found) }
                (name, source) = (nil, nil)
            case UInt8(ascii: "P"): name = value(line, after: "Package:") ?? name
            case UInt8(ascii: "S"): source = value(line, after: "Source:") ?? source
            default: continue
            }
        }
        if let found = source ?? name { sources.insert(found) }
        return sources
    }
}
