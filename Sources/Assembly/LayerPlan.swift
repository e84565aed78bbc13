// SPDX-License-Identifier: Apache-2.0

import Core
import Lockfile

/// One layer as it was planned: a name for people and the packages whose files it holds.
package struct PlannedLayer: Hashable, Sendable {
    /// A short name, such as `gcc-12` or `hot-07`.
    package let name: String
    /// The packages, sorted by name.
    package let packages: [LockedPackage]
}

/// Which package goes into which layer.
///
/// The aim is that a security update re-ships its own package and few others: all binaries of one source stay together,
/// big sources have a layer of their own, and the others are spread over bins by a hash of the source's name, apart by
/// how likely they are to change. Membership depends on the name and the tier, both frozen in the lock, so it does not
/// move from night to night. Big packages of big sources have a layer each: it is packed and pulled beside the others.
/// One that outgrows the bound moves with the very update that ships its source's layer anyway.
package enum LayerPlan {
    /// How many layers the seldom changing sources are spread over.
    static let stableBins = 6
    /// How many layers the often changing sources are spread over; more, so that each has fewer bystanders.
    static let hotBins = 20

    /// From how many KiB on disk a package of a big source has a layer of its own.
    static let ownLayerFrom: UInt64 = 24 << 10

    /// The layers for `packages`, those that change least first; empty ones are left out.
    package static func layers(for packages: [LockedPackage]) -> [PlannedLayer] {
        let named = Dictionary(grouping: packages, by: layerName)
        return named.keys.sorted(by: precedes).map { name in
            PlannedLayer(name: name, packages: (named[name] ?? []).sorted { $0.name < $1.name })
        }
    }

    private static func layerName(of package: LockedPackage) -> String {
        switch package.tier {
        case .alone: package.installedSize >= ownLayerFrom ? package.name.text : package.source.text
        case .stable: "stable-\(bin(of: package.source.text, among: stableBins))"
        case .hot: "hot-\(bin(of: package.source.text, among: hotBins))"
        }
    }

    private static func bin(of source: String, among count: Int) -> String {
        let hash = Digest(of: source.utf8).hex.prefix(8)
        let number = (Int(hash, radix: 16) ?? 0) % count
        return number < 10 ? "0\(number)" : "\(number)"
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        (rank(left), left) < (rank(right), right)
    }

    private static func rank(_ name: String) -> Int {
        if name.hasPrefix("stable-") { return 0 }
        return name.hasPrefix("hot-") ? 2 : 1
    }
}
