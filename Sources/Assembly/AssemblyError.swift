// SPDX-License-Identifier: Apache-2.0

import Core
import Lockfile

/// Errors of assembling a build context from verified packages.
package enum AssemblyError: Error, Hashable {
    /// Several packages ship the same path, and none declares Replaces on another (Debian Policy 7.6.1); `names` are
    /// their names of it, when these differ.
    case conflict(path: String, packages: [String], names: [String] = [])
    /// No package ships the directory of a path.
    case missingDirectory(path: String, package: String)
    /// The record of a layer in a shared cache is wrong; `problem` is a clause.
    case foreignRecord(layer: String, problem: String)
    /// A package file does not match the lock; `says` lists the differing fields of its control file with their values.
    case otherPackage(LockedPackage, says: [String])
    /// A layer contains a package that is not in the lock.
    case unnamedPackage(String)
    /// A dependency of a package is not satisfied, or the package conflicts with the package `by`.
    case broken(LockedPackage, field: String, relation: String, by: String?)
    /// A package ships a file name that is reserved for whiteouts (OCI image-spec, layer.md "Whiteouts").
    case whiteout(path: String, package: String)
}

extension AssemblyError: UserFacingError {
    package var sentence: String {
        switch self {
        case .conflict(let path, let packages, let names):
            "The packages \(packages.joined(separator: " and ")) ship the same file, '/\(path)', "
                + (names.isEmpty ? "" : "as \(names.map { "'\($0)'" }.joined(separator: " and ")), ")
                + "and neither replaces the other's files."
        case .missingDirectory(let path, let package):
            "The package \(package) ships '\(path)', whose directory neither it nor another package ships: "
                + "dpkg refuses that."
        case .foreignRecord(let layer, let problem): "The record of the layer '\(layer)' \(problem)."
        case .otherPackage(let package, let fields):
            "\(package.origin) is not the package \(package.title) of versions.lock: its control file says "
                + "\(fields.joined(separator: ", "))."
        case .unnamedPackage(let name): "A layer has the package '\(name)', which versions.lock does not name."
        case .broken(let package, let field, let relation, let other):
            "\(package.origin), the package \(package.title), has '\(field): \(relation.prefix(200))', and "
                + (other.map { "\($0) is in the image." } ?? "no package of the image provides that.")
        case .whiteout(let path, let package):
            "The package \(package) ships '\(path)', and a name that begins with '.wh.' removes a file in an image's layers."
        }
    }

    package var hint: String? {
        switch self {
        case .conflict: "Remove one of them from image/image.yaml."
        case .foreignRecord, .unnamedPackage: "Build without --cache, and check which system wrote the record."
        case .otherPackage(let package, _) where package.isDebian, .broken(let package, _, _, _) where package.isDebian:
            "Restore versions.lock from version control if it was edited, or run `opencode-docker resolve`; if it "
                + "stays like this, report it to Debian."
        case .otherPackage, .broken:
            "The file contradicts the repository's index: report it to the publisher, and remove the package from "
                + "image/image.yaml."
        case .missingDirectory:
            "Build the package again with its directories (dpkg-deb(1), --build), or remove it from image/image.yaml."
        case .whiteout: "Remove the package from image/image.yaml."
        }
    }
}

extension LockedPackage {
    /// "ex-lib 1.0 (all)".
    fileprivate var title: String { "\(name) \(version) (\(architecture))" }
}
