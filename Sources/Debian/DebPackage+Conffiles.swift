// SPDX-License-Identifier: Apache-2.0

extension DebPackage {
    /// A configuration file that a package lists (deb-conffiles(5)).
    package struct Conffile: Hashable, Sendable {
        /// The absolute path, with one slash at its beginning.
        package let path: String
        /// Whether the file has the flag `remove-on-upgrade`: the package no longer ships it.
        package let isRemoved: Bool

        /// The longest line that dpkg reads, including the newline (`MAXCONFFILENAME` in its `src/main/main.h`).
        private static let longest = 997

        /// Reads the file `conffiles` as dpkg does (`deb_parse_conffiles` in its `src/main/unpack.c`).
        ///
        /// - Throws: `DpkgRefusal`, in dpkg's words.
        static func list(_ bytes: [UInt8]) throws(DpkgRefusal) -> [Conffile] {
            var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let rest = lines.popLast() ?? []
            guard rest.isEmpty else { throw DpkgRefusal("'\(text(rest))' is too long, or misses its final newline") }
            var conffiles: [Conffile] = []
            for line in lines {
                guard line.count < longest, !line.contains(0) else {
                    throw DpkgRefusal("'\(text(line))' is too long, or misses its final newline")
                }
                let line = trimmedRight(line)
                if !line.isEmpty { conffiles.append(try Conffile(line)) }
            }
            return conffiles
        }

        private init(_ line: ArraySlice<UInt8>) throws(DpkgRefusal) {
            let (slash, blank) = (UInt8(ascii: "/"), UInt8(ascii: " "))
            var path = line
            if line.first != slash {
                guard let end = line.firstIndex(of: blank), line.dropFirst(end - line.startIndex + 1).first == slash
                else {
                    throw DpkgRefusal("'\(Self.text(line))' is not an absolute path")
                }
                path = line[(end + 1)...]
                guard line[..<end].elementsEqual("remove-on-upgrade".utf8) else {
                    throw DpkgRefusal("'\(Self.text(path))' has the unknown flag '\(Self.text(line[..<end]))'")
                }
            }
            isRemoved = line.first != slash
            guard let name = String(validating: path, as: UTF8.self) else {
                throw DpkgRefusal("'\(Self.text(path))' is not UTF-8")
            }
            self.path = "/" + name.drop { $0 == "/" }
        }

        private static func text(_ bytes: ArraySlice<UInt8>) -> String {
            String(decoding: bytes.prefix(80), as: UTF8.self)
        }
    }
}

/// The reason why dpkg does not unpack a package: the end of a sentence about one of its files.
struct DpkgRefusal: Error, Hashable {
    let clause: String

    init(_ clause: String) { self.clause = clause }
}
