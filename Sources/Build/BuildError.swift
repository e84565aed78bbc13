// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Errors of building an image from its context.
package enum BuildError: Error, Hashable {
    /// A maintainer script failed; the whole output of the step is in `log`.
    case scriptFailed(ScriptFailure, log: FilePath)
    /// The configure step was ended because it had that many processes; the script that ran is a clause.
    case tooManyProcesses(Int, script: String?, log: FilePath)
    /// The configure program exited with `status`; its whole output is in `log`.
    case configureFailed(status: Int32, lastLines: [String], log: FilePath)
    /// A script created a configuration file of a package before the package was configured; the step's output is in
    /// `log`.
    case conffileQuestion(ConffileQuestion, log: FilePath)
    /// The configure step created a file that a layer cannot contain; each script that may have created it is a clause.
    case oddFile(path: String, scripts: [String] = [])
    /// The configure step created a file name that a layer cannot contain: it is not UTF-8 or begins with the whiteout
    /// prefix. Each script that may have created it is a clause.
    case unfitName(path: String, isText: Bool, scripts: [String])
    /// A file of a package differs from dpkg's database.
    case otherFile(package: String, path: String)
    /// No locally built image has that name.
    case unknownImage(String)
}

extension BuildError: UserFacingError {
    package var sentence: String {
        switch self {
        case .scriptFailed(let failure, _):
            "The \(failure.script) script of '\(failure.package)' \(failure.ending)."
        case .tooManyProcesses(let limit, let script, _):
            "Configuring the packages was ended because it had \(limit) processes"
                + (script.map { ", while \($0) ran." } ?? ".")
        case .conffileQuestion(let question, _):
            "A script made '\(question.file)' before its package '\(question.package)' was configured: "
                + "dpkg asks which of the two files shall be there, and nobody answers."
        case .configureFailed(let status, let lines, _):
            "Configuring the packages failed with status \(status): \(Self.clause(lines))."
        case .oddFile(let path, let scripts):
            "Configuring the packages left a device, socket or pipe at '/\(path)'"
                + (scripts.isEmpty ? "." : ", made by \(scripts.joined(separator: " or ")).")
        case .unfitName(let path, let isText, let scripts):
            "'\(path)', made by \(scripts.isEmpty ? "a package's script" : scripts.joined(separator: " or ")), "
                + (isText
                    ? "has a name that removes files in an image's layers: it begins with '.wh.'."
                    : "has a name that is not UTF-8, which a layer cannot have.")
        case .otherFile(let package, let path):
            "After configuring, '\(path)' differs from the file of the package \(package), "
                + "and none of its scripts changed it."
        case .unknownImage(let name): "There is no image '\(name)' in the store."
        }
    }

    /// dpkg's first reason, or else the last line, without its period: dpkg ends with a list of packages.
    private static func clause(_ lines: [String]) -> String {
        guard let last = lines.last(where: { !$0.isEmpty }) else { return "it printed nothing" }
        let text = reason(lines) ?? last
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    /// `dpkg: error processing package NAME (--configure):`, and a line with the reason.
    private static func reason(_ lines: [String]) -> String? {
        for (line, next) in zip(lines, lines.dropFirst()) where next.hasPrefix(" ") {
            guard let match = line.wholeMatch(of: #/dpkg: error processing package (\S+) \(--\w+\):/#) else { continue }
            return "\(match.1): \(next.trimmed)"
        }
        return nil
    }

    /// The last lines of the failing script.
    package var excerpt: [String] {
        switch self {
        case .scriptFailed(let failure, _): failure.lines
        case .configureFailed(_, let lines, _): lines
        default: []
        }
    }

    package var hint: String? {
        switch self {
        case .scriptFailed(_, let log), .conffileQuestion(_, let log), .configureFailed(_, _, let log),
            .tooManyProcesses(_, _, let log):
            "Everything that the packages' scripts and dpkg printed is in '\(log)'."
        case .oddFile: "Remove it in image/configure, or take the package out of image/image.yaml."
        case .unfitName: "Take the package out of image/image.yaml, or remove the file in image/configure."
        case .otherFile: "Take the package out of image/image.yaml, and report it with the list of your packages."
        case .unknownImage: "Run `opencode-docker build` first, or `opencode-docker build --base`."
        }
    }
}
