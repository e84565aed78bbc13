// SPDX-License-Identifier: Apache-2.0

import Run

/// The commands that hints and warnings suggest, completed by the options that chose the definition: without them, the
/// command would act on another definition, and the same error would follow.
package enum SuggestedCommand {
    private static let options = ["--image-dir", "--lock"]

    /// `text` with the options of a command line after each suggested command.
    ///
    /// - Parameter arguments: The command line, with the name of the program.
    package static func completed(_ text: String, by arguments: [String]) -> String {
        let chosen = chosen(arguments)
        guard !chosen.isEmpty else { return text }
        // The subcommands that take these options.
        return text.replacing(/`opencode-docker (?:build|resolve)(?=[` ])/) { "\($0.output) \(chosen)" }
    }

    private static func chosen(_ arguments: [String]) -> String {
        let own = Array(arguments.prefix { $0 != "--" })
        return options.compactMap { option in
            let separate = own.lastIndex(of: option).map { own.dropFirst($0 + 1).first ?? "" }
            let joined = own.last { $0.hasPrefix("\(option)=") }?.dropFirst(option.count + 1)
            return (joined.map(String.init) ?? separate).map { "\(option) \($0.shellWord)" }
        }.joined(separator: " ")
    }
}
