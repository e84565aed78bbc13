// SPDX-License-Identifier: Apache-2.0

import Engine

extension ProfileComparison {
    /// Compares the tmpfs mounts.
    mutating func compareMemory(_ old: HardeningProfile, _ new: HardeningProfile) {
        let before = Dictionary(old.temporaryFileSystems.map { ($0.target, $0) }) { first, _ in first }
        let after = Dictionary(new.temporaryFileSystems.map { ($0.target, $0) }) { first, _ in first }
        for target in Set(before.keys).union(after.keys).sorted() {
            switch (before[target], after[target]) {
            case (let one?, let other?): compare(target, one, other)
            // With a read-only root, an additional tmpfs is an additional writable path; otherwise it keeps files off
            // the disk.
            case (nil, _):
                note(new.readOnlyRoot ? .weaker : .changed, "tmpfs \(target)", "absent", "present", ["C14", "C26"])
            case (_, nil):
                note(new.readOnlyRoot ? .stronger : .changed, "tmpfs \(target)", "present", "absent", ["C14", "C26"])
            }
        }
    }

    private mutating func compare(_ target: String, _ old: TemporaryFileSystem, _ new: TemporaryFileSystem) {
        let what = "tmpfs \(target)"
        let restrictions = ["nosuid", "nodev", "noexec", "ro"]
        lists(
            what, old.options.filter(restrictions.contains), new.options.filter(restrictions.contains), more: .stronger,
            claims: ["C02", "C14", "C19"])
        bound("\(what) size", old.sizeBytes, new.sizeBytes)
        if old.owner != new.owner {
            note(
                new.owner == .root ? .stronger : .weaker, "\(what) owner", old.owner.rawValue, new.owner.rawValue,
                ["C10"])
        }
        compareModes(what, Self.mode(old), Self.mode(new))
        let known = { (option: String) in restrictions.contains(option) || option.hasPrefix("mode=") }
        let rest = (old.options.filter { !known($0) }, new.options.filter { !known($0) })
        if rest.0 != rest.1 {
            note(.changed, "\(what) options", rest.0.joined(separator: ","), rest.1.joined(separator: ","), ["C19"])
        }
    }

    /// More permissions are weaker. The sticky bit is a restriction: it prevents the removal of other users' files
    /// (chmod(2)).
    private mutating func compareModes(_ what: String, _ old: UInt16, _ new: UInt16) {
        guard old != new else { return }
        let (before, after) = (old ^ 0o1000, new ^ 0o1000)
        let isNarrower = after & ~before == 0
        func words(_ mode: UInt16) -> String { "0" + String(mode, radix: 8) }
        note(isNarrower ? .stronger : .weaker, "\(what) mode", words(old), words(new), ["C10", "C19"])
    }

    /// The mode of a tmpfs; 1777 by default (tmpfs(5)).
    private static func mode(_ memory: TemporaryFileSystem) -> UInt16 {
        let option = memory.options.last { $0.hasPrefix("mode=") }
        return option.flatMap { UInt16($0.dropFirst(5), radix: 8) } ?? 0o1777
    }
}
