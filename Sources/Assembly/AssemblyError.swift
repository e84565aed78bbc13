// SPDX-License-Identifier: Apache-2.0

import Core
import Lockfile

/// What can go wrong between verified packages and a build context.
package enum AssemblyError: Error, Hashable {
    /// Packages ship the same path, and none replaces files of the other (Debian Policy 7.6.1).
    case conflict(path: String, packages: [String])
    /// What a shared cache says of a layer is not true of it; the problem is a clause.
    case foreignRecord(layer: String, problem: String)
    /// A file is another package than the lock says: fields of its control file, each with its value.
    case otherPackage(LockedPackage, says: [String])
    /// A layer has a package that the lock does not name.
    case unnamedPackage(String)
    /// A package needs what no package of the image is, or cannot be beside another one, which is named.
    case broken(LockedPackage, field: String, relation: String, by: String?)
    /// A package ships a name that stands for something else in an image's layers (OCI image-spec, layer.md
    /// "Whiteouts").
    case whiteout(path: String, package: String)
}

extension AssemblyError: UserFacingError {
    package var sentence: String {
        switch self {
        case .conflict(let path, let packages):
            "The packages \(packages.joined(separator: " and ")) ship the same file, '/\(path)', and none replaces the other's."
        case .foreignRecord(let layer, let problem): "The record of the layer '\(layer)' \(problem)."
        case .otherPackage(let package, let fields):
            "\(package.origin) is not the package \(package.title) of versions.lock: its control file says "
                + "\(fields.joined(separator: ", "))."
        case .unnamedPackage(let name): "A layer has the package '\(name)', which versions.lock does not name."
        case .broken(let package, let field, let relation, let other):
            "\(package.origin), the package \(package.title), says '\(field): \(relation.prefix(200))', and "
                + (other.map { "\($0) is in the image." } ?? "no package of the image is that.")
        case .whiteout(let path, let package):
            "The package \(package) ships '\(path)', and a name that begins with '.wh.' removes a file in an image's layers."
        }
    }

    package var hint: String? {
        switch self {
        case .conflict: "Take one of them out of image/image.yaml."
        case .foreignRecord, .unnamedPackage: "Build without --cache, and find out who wrote it."
        case .otherPackage, .broken:
            "The index that was resolved says otherwise: tell its publisher, and take the package out of image/image.yaml."
        case .whiteout: "Take the package out of image/image.yaml."
        }
    }
}

extension LockedPackage {
    /// "ex-lib 1.0 (all)".
    fileprivate var title: String { "\(name) \(version) (\(architecture))" }
}
