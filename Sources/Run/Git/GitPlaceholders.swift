// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

extension GitGuard {
    /// Makes what is missing, as the owner of the directory that it comes into. A leftover of a killed launcher is as good
    /// as a new one, and so is what another launcher of the project makes at the same time.
    ///
    /// - Throws: `FileError`, `RunError.changedMeanwhile`.
    package func makePlaceholders() throws {
        for guarded in trees {
            for path in guarded.paths {
                guard let placeholder = path.placeholder, try guarded.tree.kind(path.path) == .nothing else { continue }
                do {
                    switch placeholder {
                    case .directory: try guarded.tree.makeDirectory(path.path)
                    case .file(let text): try guarded.tree.create(path.path, Array(text.utf8))
                    }
                } catch let error as FileError where error.errno == .fileExists {
                    guard try guarded.tree.kind(path.path) == path.kind else {
                        throw RunError.changedMeanwhile(guarded.tree.place(path.path))
                    }
                }
            }
        }
    }

    /// Takes away what was made and is still as it was. Only when no container of the project runs any more: removing a
    /// mount point takes the mount off everywhere (rename(2) and unlink(2) since Linux 3.18), and with it the guard.
    package func removePlaceholders() {
        for guarded in trees {
            for path in guarded.paths.reversed() {
                switch path.placeholder {
                case .directory: try? guarded.tree.removeDirectory(path.path)
                case .file(let text):
                    guard guarded.tree.bytes(path.path, limit: 1 << 12) == Array(text.utf8) else { continue }
                    try? guarded.tree.unlink(path.path)
                case nil: continue
                }
            }
        }
    }
}
