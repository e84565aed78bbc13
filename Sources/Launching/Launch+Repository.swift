// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage

extension Launch {
    /// The launch on the repository that the current directory is part of, if the caller agrees: git does not work in a
    /// container that sees a subdirectory alone. Asks once for each directory, on a terminal; else, or when the caller
    /// chose the project, one line names the repository.
    ///
    /// - Parameter isAsking: Whether the caller may be asked; `false` for a start without effects.
    package func onRepository(isAsking: Bool) -> Launch {
        guard let directory = RealPath.of(request.workspace.project.path),
            let found = EnclosingRepository(above: directory, protected: caller.protectedPaths)
        else { return self }
        let place = found.workTree
        let sentence = "git does not work in the container: the repository begins at '\(place)'"
        guard found.isMountable else {
            console.say("\(sentence), which is never mounted.")
            return self
        }
        if isAsking, !request.workspace.isProjectChosen, !isDeclined(place, for: directory) {
            let question = """
                '\(directory.string.sanitized)' is in the repository '\(place.string.sanitized)'. git works in the \
                container only when that is the project.
                Use it as the project (--project \(place.string.sanitized))?
                """
            switch console.answer(question) {
            case true?: return onProject(place, from: directory)
            case false?: decline(place, for: directory)
            case nil: break
            }
        }
        console.say("\(sentence). To include it: `--project \(place)`.")
        return self
    }

    private func onProject(_ place: FilePath, from directory: FilePath) -> Launch {
        var request = request
        request.workspace.project = AddedDirectory(path: place)
        var subdirectory = directory
        if subdirectory.removePrefix(place) { request.workspace.subdirectory = subdirectory }
        return Launch(request, on: engine, caller: caller, console: console, clock: clock)
    }

    private func state(of directory: FilePath) -> StateDirectory {
        StateDirectory(path: caller.projectsDirectory.appending(Project.id(of: directory)))
    }

    private func isDeclined(_ place: FilePath, for directory: FilePath) -> Bool {
        let known = try? Files.read(state(of: directory).declinedRepository, limit: 1 << 14)
        return known == Array(place.string.utf8)
    }

    /// Remembers the answer; without it, the next start asks again.
    private func decline(_ place: FilePath, for directory: FilePath) {
        let file = state(of: directory).declinedRepository
        try? Files.makeDirectories(file.removingLastComponent())
        try? Files.write(Array(place.string.utf8), to: file)
    }
}
