// SPDX-License-Identifier: Apache-2.0

extension PackageUniverse {
    /// The relationship fields in the order in which apt reads them. The last four have no effect here, but the names
    /// in them get their numbers.
    private static let relations: [(Field, Kind?)] = [
        (.preDepends, .preDepends), (.depends, .depends), (.conflicts, .conflicts), (.breaks, .breaks),
        (.recommends, nil), (.suggests, nil), (.replaces, nil), (.enhances, nil),
    ]

    mutating func addRelations(
        _ paragraph: Paragraph, _ bytes: UnsafeBufferPointer<UInt8>, to version: inout Version
    ) -> ParagraphFailure? {
        let first = Int32(atoms.count)
        for (field, kind) in PackageUniverse.relations where !paragraph[field].isEmpty {
            let value = paragraph[field]
            var cursor = RelationCursor(bytes: bytes, position: value.lowerBound, end: value.upperBound)
            while let atom = cursor.next() {
                let target = target(bytes, atom.name)
                guard let kind else { continue }
                atoms.append(
                    Atom(
                        target: target, version: range(atom.version, version.file), kind: kind,
                        relation: atom.relation, hasAlternative: atom.hasAlternative && !kind.isNegative))
            }
            if cursor.failed { return failure(field, value, bytes) }
            // A bar at the very end of a field must not join the next field.
            if kind != nil, Int32(atoms.count) > first { atoms[atoms.count - 1].hasAlternative = false }
        }
        version.atoms = first..<Int32(atoms.count)
        return nil
    }

    /// Adds the recommendations of a version as groups of alternatives, which affect no other package.
    mutating func addRecommendations(of number: Int32) -> [Range<Int>] {
        let version = versions[Int(number)]
        let text = indices[Int(version.file)].bytes
        let first = atoms.count
        text.withUnsafeBufferPointer { bytes in
            var scanner = ParagraphScanner(bytes: bytes, position: version.paragraph)
            guard case .success(let paragraph?) = scanner.next() else { return }
            let value = paragraph[.recommends]
            var cursor = RelationCursor(bytes: bytes, position: value.lowerBound, end: value.upperBound)
            while let atom = cursor.next() {
                atoms.append(
                    Atom(
                        target: target(bytes, atom.name), version: range(atom.version, version.file), kind: .depends,
                        relation: atom.relation, hasAlternative: atom.hasAlternative))
            }
        }
        if atoms.count > first { atoms[atoms.count - 1].hasAlternative = false }
        return groups(of: first..<atoms.count)
    }

    /// The groups of alternatives among atoms, in order.
    func groups(of atoms: Range<Int>) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var start = atoms.lowerBound
        for index in atoms where !self.atoms[index].hasAlternative {
            groups.append(start..<(index + 1))
            start = index + 1
        }
        return groups
    }

    private func failure(_ field: Field, _ value: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> ParagraphFailure {
        let text = String(decoding: bytes[value].prefix(120), as: UTF8.self)
        return ParagraphFailure(offset: value.lowerBound, kind: .field("\(field)", value: text))
    }

    /// The name that an alternative refers to. `name:any` is a separate name that only `Multi-Arch: allowed` packages
    /// provide; a qualifier with the current architecture is ignored.
    private mutating func target(_ bytes: UnsafeBufferPointer<UInt8>, _ name: Range<Int>) -> Int32 {
        let whole = number(bytes, name)
        guard let colon = bytes[name].firstIndex(of: UInt8(ascii: ":")) else { return whole }
        let qualifier = (colon + 1)..<name.upperBound
        guard equals(bytes, qualifier, architecture.rawValue) || equals(bytes, qualifier, "native") else {
            return whole
        }
        return number(bytes, name.lowerBound..<colon)
    }

    mutating func addProvisions(
        _ paragraph: Paragraph, _ bytes: UnsafeBufferPointer<UInt8>, of version: inout Version, number own: Int32
    ) -> ParagraphFailure? {
        let first = Int32(provisions.count)
        let value = paragraph[.provides]
        var cursor = RelationCursor(bytes: bytes, position: value.lowerBound, end: value.upperBound)
        while let atom = cursor.next() {
            // Debian Policy 7.5 allows only "="; like apt, other relations are skipped.
            guard atom.relation == .any || atom.relation == .equal else { continue }
            let provided = range(atom.version, version.file)
            if version.isAllowed { provideAny(bytes, atom.name, provided, own) }
            let name = number(bytes, atom.name)
            let isItself = name == version.name && (provided.count == 0 || order(provided, version.text) == 0)
            if !isItself { provide(name, provided, own) }
        }
        if cursor.failed { return failure(.provides, value, bytes) }
        if version.isAllowed { provideAny(bytes, paragraph[.package], version.text, own) }
        version.provisions = first..<Int32(provisions.count)
        return nil
    }

    /// `Multi-Arch: allowed` packages provide `name:any`.
    private mutating func provideAny(
        _ bytes: UnsafeBufferPointer<UInt8>, _ name: Range<Int>, _ provided: TextRange, _ owner: Int32
    ) {
        let qualified = Array(bytes[name]) + Array(":any".utf8)
        let name = qualified.withUnsafeBufferPointer { number($0) }
        provide(name, provided, owner)
    }

    private mutating func provide(_ name: Int32, _ provided: TextRange, _ owner: Int32) {
        provisions.append(
            Provision(name: name, owner: owner, version: provided, next: firstProvision[Int(name)]))
        firstProvision[Int(name)] = Int32(provisions.count - 1)
    }
}
