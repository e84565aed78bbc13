// SPDX-License-Identifier: Apache-2.0

import Core
import Export
import Run
import SystemPackage

/// The project and the filter as a document of a form names them.
struct ExportPlaces {
    /// The project's directory.
    let project: String
    /// The file of the filter; `nil` for none.
    let seccomp: String?
    /// Whether the filter's path is seen from a dev container's workspace.
    private(set) var isInWorkspace = false

    /// Paths are seen from the document's directory; from the current one for standard output.
    ///
    /// - Throws: `ExportError.unusablePath`, `FileError` when the current directory does not exist.
    init(_ form: ExportForm, output: String, seccomp: String?, project: String) throws {
        guard let current = RealPath.of(".") else {
            throw FileError("read", "the current directory", .noSuchFileOrDirectory)
        }
        let directory = output == "-" ? current : current.pushing(FilePath(output)).removingLastComponent()
        let root = current.pushing(FilePath(project))
        self.project = try DocumentPath.relative(root, to: directory)
        guard let seccomp else {
            self.seccomp = nil
            return
        }
        let file = current.pushing(FilePath(seccomp))
        switch form {
        case .compose: self.seccomp = try DocumentPath.relative(file, to: directory)
        case .devcontainer:
            let inside = try DocumentPath.inside(file, of: root)
            isInWorkspace = inside != nil
            self.seccomp = try inside ?? DocumentPath.absolute(file)
        case .kubernetes: self.seccomp = try DocumentPath.name(file)
        }
    }
}
