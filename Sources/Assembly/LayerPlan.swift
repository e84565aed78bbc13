// SPDX-License-Identifier: Apache-2.0

import Core
import Lockfile

/// One planned layer: a display name and the packages whose files it contains.
package struct PlannedLayer: Hashable, Sendable {
    /// A short name, such as `gcc-12` or `hot-07`.
    package let name: String
    /// The packages, sorted by name.
    package let packages: [LockedPackage]
}

/// The assignment of packages to layers.
///
/// The aim is that a security update ships its own package again and few others: all binaries of one source share a
/// layer, big sources have a layer of their own, and the others are distributed over bins by a hash of the source's
/// name, separated by how likely they are to change. Membership depends on the name and the tier, both fixed in the
/// lock, so it is stable between builds. Big packages of big sources have a layer each, which is packed and pulled in
/// parallel. A package that grows beyond the bound moves with the update that ships its source's layer anyway.
package enum LayerPlan {
    /// The number of layers for seldom changing sources.
    static let stableBins = 6
    /// The number of layers for often changing sources; larger, so that an update ships fewer unchanged packages.
    static let hotBins = 20

    /// The installed size in KiB from which a package of a big source has a layer of its own.
    static let ownLayerFrom: UInt64 = 24 << 10

    /// The layers for `packages`, those that change least first; empty layers are omitted.
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
