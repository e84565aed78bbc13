// SPDX-License-Identifier: Apache-2.0

import Core

/// Errors of reading a package file; errors inside its tars are `ArchiveError`.
package enum DebPackageError: UserFacingError, Hashable {
    /// The file is not an ar container.
    case notAr(file: String)
    /// The container is corrupt.
    case damaged(file: String, detail: String)
    /// The first member is not `debian-binary`.
    case noFormat(file: String)
    /// The major version in `debian-binary` is not 2.
    case version(file: String, version: String)
    /// `control.tar` or `data.tar` is missing.
    case missingMember(file: String, name: String)
    /// A member is duplicated or not allowed at its position.
    case unexpectedMember(file: String, name: String)
    /// A member has a compression that deb(5) does not specify.
    case compression(file: String, name: String)
    /// `control.tar` has no `control`.
    case noControlFile(file: String)
    /// `control.tar` contains a duplicate, or a member that is not a regular file.
    case controlMember(file: String, name: String)
    /// `control.tar` contains a file whose name is longer than dpkg accepts.
    case controlName(file: String, name: String)
    /// dpkg refuses a control file of the package, such as `conffiles`; the problem is a clause.
    case malformedControlFile(package: String, name: String, problem: String)
    /// A path that a package cannot ship; the problem is a clause.
    case refusedPath(package: String, path: String, problem: String)

    package var sentence: String {
        switch self {
        case .notAr(let file): "'\(file)' is not a Debian package: it is not an ar container."
        case .damaged(let file, let detail): "The package '\(file)' is corrupt: \(printable(detail))."
        case .noFormat(let file): "'\(file)' is not a Debian package: it does not begin with 'debian-binary'."
        case .version(let file, let version):
            "The package '\(file)' has format version '\(printable(version))', but only 2 is supported."
        case .missingMember(let file, let name): "The package '\(file)' has no \(name)."
        case .unexpectedMember(let file, let name):
            "The package '\(file)' has a member '\(printable(name))' at a wrong position."
        case .compression(let file, let name):
            "The package '\(file)' has a member '\(printable(name))' in an unknown compression."
        case .noControlFile(let file): "The package '\(file)' has no file 'control' in its control.tar."
        case .controlMember(let file, let name):
            "The package '\(file)' has '\(printable(name))' in its control.tar twice, or not as a regular file."
        case .controlName(let file, let name):
            "The package '\(file)' has a file in its control.tar whose name is too long: '\(printable(name))'."
        case .malformedControlFile(let package, let name, let problem):
            "The package \(package) has a file '\(name)' that dpkg refuses: \(printable(problem))."
        case .refusedPath(let package, let path, let problem):
            "The package \(package) ships '\(printable(path))', which \(problem)."
        }
    }

    package var hint: String? { "Fetch it again; if it stays like this, report it to its publisher." }
}

private func printable(_ text: String) -> String {
    String(
        String.UnicodeScalarView(
            text.replacing("\n", with: "\\n").unicodeScalars.prefix(200).map {
                $0.value < 32 || $0.value == 127 ? "?" : $0
            }))
}
