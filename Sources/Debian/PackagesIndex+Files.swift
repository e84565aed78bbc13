// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension PackagesIndex {
    /// The maximum size of an index in bytes; Debian 12's largest has 50 MB.
    package static let limit = 1 << 29

    /// Reads a decompressed index from a file.
    ///
    /// - Throws: `FileError`.
    package init(archive: String, file: String, reading path: FilePath, standing: Standing = .debian) throws {
        let bytes = try mapErrno("read", path) {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try descriptor.closeAfter {
                var status = stat()
                guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
                guard status.st_size <= PackagesIndex.limit else { throw Errno.fileTooLarge }
                return try PackagesIndex.read(descriptor, count: Int(status.st_size))
            }
        }
        self.init(archive: archive, file: file, bytes: bytes, standing: standing)
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

    /// An index with only one version of a package, under the name `archive`; nil when this index does not have it.
    ///
    /// - Throws: `DebianError` for an invalid paragraph.
    package func selecting(
        _ name: PackageName, _ version: DebianVersion, as archive: String
    ) throws(DebianError) -> PackagesIndex? {
        let found: Result<Range<Int>?, PackageUniverse.ParagraphFailure> = bytes.withUnsafeBufferPointer { bytes in
            var scanner = PackageUniverse.ParagraphScanner(bytes: bytes)
            while true {
                switch scanner.next() {
                case .failure(let failure): return .failure(failure)
                case .success(nil): return .success(nil)
                case .success(let paragraph?):
                    guard equals(bytes, paragraph[.package], name.text),
                        equals(bytes, paragraph[.version], version.text)
                    else { continue }
                    return .success(paragraph.start..<paragraph.end)
                }
            }
        }
        switch found {
        case .failure(let failure): throw failure.error(in: self)
        case .success(let range):
            return range.map { PackagesIndex(archive: archive, file: file, bytes: Array(bytes[$0]) + [10]) }
        }
    }

    /// The names of the source packages of the binaries in the index.
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
