// SPDX-License-Identifier: Apache-2.0

import Core

/// Why a file is no package; what is wrong inside its tars is an `ArchiveError`.
package enum DebPackageError: UserFacingError, Hashable {
    /// It is no ar container.
    case notAr(file: String)
    /// The container is broken.
    case damaged(file: String, detail: String)
    /// It does not begin with `debian-binary`.
    case noFormat(file: String)
    /// `debian-binary` has another major version than 2.
    case version(file: String, version: String)
    /// `control.tar` or `data.tar` is not there.
    case missingMember(file: String, name: String)
    /// A member where there should be none, or twice.
    case unexpectedMember(file: String, name: String)
    /// A member is compressed with what deb(5) does not know.
    case compression(file: String, name: String)
    /// `control.tar` has no `control`.
    case noControlFile(file: String)
    /// `control.tar` holds something that is no plain file, or twice.
    case controlMember(file: String, name: String)

    package var sentence: String {
        switch self {
        case .notAr(let file): "'\(file)' is no Debian package: it is no ar container."
        case .damaged(let file, let detail): "The package '\(file)' is damaged: \(printable(detail))."
        case .noFormat(let file): "'\(file)' is no Debian package: it does not begin with 'debian-binary'."
        case .version(let file, let version):
            "The package '\(file)' has format version '\(printable(version))', and only 2 is known."
        case .missingMember(let file, let name): "The package '\(file)' has no \(name)."
        case .unexpectedMember(let file, let name):
            "The package '\(file)' has a member '\(printable(name))' where none may be."
        case .compression(let file, let name):
            "The package '\(file)' has a member '\(printable(name))' in a compression that is not known."
        case .noControlFile(let file): "The package '\(file)' has no file 'control' in its control.tar."
        case .controlMember(let file, let name):
            "The package '\(file)' has '\(printable(name))' in its control.tar twice, or as something else than a file."
        }
    }

    package var hint: String? { "Fetch it again; if it stays like this, its publisher has to mend it." }
}

private func printable(_ text: String) -> String {
    String(
        String.UnicodeScalarView(text.unicodeScalars.prefix(200).map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
}
