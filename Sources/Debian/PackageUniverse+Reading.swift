// SPDX-License-Identifier: Apache-2.0

import Glibc

extension PackageUniverse {
    /// Reads the packages of `architecture` from the indices.
    ///
    /// - Throws: `DebianError` with file and line for an invalid paragraph.
    package init(_ indices: [PackagesIndex], architecture: Architecture) throws(DebianError) {
        self.architecture = architecture
        self.indices = indices
        let bytes = indices.reduce(0) { $0 + $1.bytes.count }
        names = NameTable(capacity: max(1 << 10, bytes / 500))
        versions.reserveCapacity(bytes / 700)
        atoms.reserveCapacity(bytes / 110)
        for (number, index) in indices.enumerated() {
            guard index.bytes.count < Int(UInt32.max) else { throw .tooLarge(file: index.file, limit: Int(UInt32.max)) }
            try read(index, number: UInt16(truncatingIfNeeded: number))
        }
    }

    private mutating func read(_ index: PackagesIndex, number: UInt16) throws(DebianError) {
        let failure: ParagraphFailure? = index.bytes.withUnsafeBufferPointer { bytes in
            var scanner = ParagraphScanner(bytes: bytes)
            while true {
                switch scanner.next() {
                case .failure(let failure): return failure
                case .success(nil): return nil
                case .success(let paragraph?):
                    if let failure = add(paragraph, bytes, file: number) { return failure }
                }
            }
        }
        if let failure { throw failure.error(in: index) }
    }

    /// Adds one paragraph; packages of other architectures and duplicate versions are skipped.
    private mutating func add(
        _ paragraph: Paragraph, _ bytes: UnsafeBufferPointer<UInt8>, file: UInt16
    ) -> ParagraphFailure? {
        guard !paragraph[.package].isEmpty else { return .init(offset: paragraph.start, kind: .missing("Package")) }
        guard !paragraph[.version].isEmpty else { return .init(offset: paragraph.start, kind: .missing("Version")) }
        guard !paragraph[.architecture].isEmpty else {
            return .init(offset: paragraph.start, kind: .missing("Architecture"))
        }
        let isAll = equals(bytes, paragraph[.architecture], "all")
        guard isAll || equals(bytes, paragraph[.architecture], architecture.rawValue) else { return nil }
        let name = number(bytes, paragraph[.package])
        guard let rank = rank(of: name, in: indices[Int(file)].standing) else { return nil }
        // Only Debian's own packages define the base system.
        if rank == .debian { note(paragraph, bytes, name) }
        var version = Version(
            name: name, text: range(paragraph[.version], file), paragraph: paragraph.start,
            paragraphEnd: paragraph.end, file: file)
        version.rank = rank
        guard let place = place(for: version) else { return nil }
        let own = Int32(versions.count)
        version.priority = Priority(bytes, paragraph[.priority])
        version.isAllowed = equals(bytes, paragraph[.multiArch], "allowed")
        version.isForeign = equals(bytes, paragraph[.multiArch], "foreign")
        if let failure = addRelations(paragraph, bytes, to: &version) { return failure }
        if let failure = addProvisions(paragraph, bytes, of: &version, number: own) { return failure }
        link(&version, at: place, number: own)
        versions.append(version)
        return nil
    }

    /// The rank of a package among others of its name; nil for a package that must not replace Debian's, which are read
    /// first.
    private func rank(of name: Int32, in standing: PackagesIndex.Standing) -> Rank? {
        switch standing {
        case .debian: return .debian
        case .local: return .local
        case .repository(let preferred):
            if preferred.contains(where: { $0.text == names[name] }) { return .preferred }
            return versions(ofName: name).contains { versions[Int($0)].rank == .debian } ? nil : .foreign
        }
    }

    private mutating func note(_ paragraph: Paragraph, _ bytes: UnsafeBufferPointer<UInt8>, _ name: Int32) {
        for (key, flag) in [(Field.essential, NameFlags.essential), (.important, .important), (.protected, .important)]
        where !paragraph[key].isEmpty {
            if equals(bytes, paragraph[key], "yes") { flags[Int(name)].insert(flag) }
            if equals(bytes, paragraph[key], "no") { flags[Int(name)].remove(flag) }
        }
    }

    /// The version that precedes the new one, -1 for the front; nil when an equal version exists.
    private func place(for version: Version) -> Int32? {
        var previous: Int32 = -1
        for other in versions(ofName: version.name) {
            let rank = versions[Int(other)].rank
            if version.rank != rank {
                if version.rank > rank { break }
                previous = other
                continue
            }
            let order = order(version.text, versions[Int(other)].text)
            if order == 0 { return nil }
            if order > 0 { break }
            previous = other
        }
        return previous
    }

    private mutating func link(_ version: inout Version, at place: Int32, number: Int32) {
        if place < 0 {
            version.next = firstVersion[Int(version.name)]
            firstVersion[Int(version.name)] = number
        } else {
            version.next = versions[Int(place)].next
            versions[Int(place)].next = number
        }
    }
}

extension PackageUniverse {
    /// The number of a name, growing the tables as needed.
    mutating func number(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int32 {
        number(UnsafeBufferPointer(rebasing: bytes[range]))
    }

    mutating func number(_ name: UnsafeBufferPointer<UInt8>) -> Int32 {
        let number = names.number(name)
        if Int(number) == firstVersion.count {
            firstVersion.append(-1)
            firstProvision.append(-1)
            flags.append([])
        }
        return number
    }

    /// The range of a text; one that is longer than a range can represent is truncated.
    func range(_ range: Range<Int>, _ file: UInt16) -> TextRange {
        TextRange(start: UInt32(range.lowerBound), count: UInt16(min(range.count, Int(UInt16.max))), file: file)
    }
}

func equals(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ text: String) -> Bool {
    range.count == text.utf8.count && bytes[range].elementsEqual(text.utf8)
}

extension PackageUniverse.Priority {
    fileprivate init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        guard !range.isEmpty else {
            self = .none
            return
        }
        switch bytes[range.lowerBound] {
        case UInt8(ascii: "r"): self = .required
        case UInt8(ascii: "i"): self = .important
        case UInt8(ascii: "s"): self = .standard
        case UInt8(ascii: "o"): self = .optional
        default: self = .extra
        }
    }
}
