// SPDX-License-Identifier: Apache-2.0

import Engine
import SystemPackage

/// A coding agent, as far as a start depends on it: where it keeps its files, and which variables it reads. Its program
/// is the image's (`AgentCommand`).
package struct CodingAgent: Hashable, Sendable {
    /// The name in sentences.
    package let name: String
    /// The name of its directory in the user's configuration, data, state and cache (XDG base directory specification).
    package let directory: String
    /// The names of its configuration files in that of the configuration.
    package let configurationFiles: [String]
    /// Its configuration files in a project, from the start directory up to the top of the work tree.
    package let projectConfigurationFiles: [FilePath]
    /// The variable with the permissions of its tools.
    package let permissionVariable: String
    /// The directories of the home that it reads as well, and that are copied as its configuration is.
    package let sharedDirectories: [FilePath]
    /// The name of the file in its data with the credentials of its providers, a JSON object.
    package let credentialsFile: String
    /// The variable that names a configuration file.
    package let configurationVariable: String
    /// The variable with a configuration.
    package let contentVariable: String
    /// The variables of every container, as `NAME=value`: the image's agent is updated with the image.
    package let environment: [String]
    /// The prefix of its variables.
    package let prefix: String
    /// The prefix of those that only switch something off.
    package let switchPrefix: String
    /// Its other variables that a container gets, since a start without them would permit more than the caller set.
    package let settings: [String]
    /// The variables from which it takes its providers' keys.
    package let keys: Set<String>

    /// Its option that continues the last session of the project.
    package let continuing: String

    /// OpenCode.
    package static let openCode = CodingAgent(
        name: "OpenCode", directory: "opencode",
        configurationFiles: ["config.json", "opencode.json", "opencode.jsonc"],
        projectConfigurationFiles: [
            "opencode.json", "opencode.jsonc", ".opencode/opencode.json", ".opencode/opencode.jsonc",
        ],
        permissionVariable: "OPENCODE_PERMISSION",
        sharedDirectories: [".agents", ".claude/skills"], credentialsFile: "auth.json",
        configurationVariable: "OPENCODE_CONFIG", contentVariable: "OPENCODE_CONFIG_CONTENT",
        environment: ["OPENCODE_DISABLE_AUTOUPDATE=1"], prefix: "OPENCODE_", switchPrefix: "OPENCODE_DISABLE_",
        settings: ["OPENCODE_PERMISSION", "OPENCODE_CONFIG_CONTENT"],
        keys: [
            "ANTHROPIC_API_KEY", "AWS_BEARER_TOKEN_BEDROCK", "AZURE_API_KEY", "CEREBRAS_API_KEY", "COHERE_API_KEY",
            "DEEPSEEK_API_KEY", "FIREWORKS_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY",
            "GOOGLE_GENERATIVE_AI_API_KEY", "GROQ_API_KEY", "HF_TOKEN", "MISTRAL_API_KEY", "MOONSHOT_API_KEY",
            "OPENAI_API_KEY", "OPENROUTER_API_KEY", "PERPLEXITY_API_KEY", "TOGETHER_API_KEY", "XAI_API_KEY",
            "ZHIPU_API_KEY",
        ], continuing: "--continue")
}

extension CodingAgent {
    /// The file with the credentials, below the directory of the user's data.
    package var credentials: FilePath { FilePath(directory).appending(credentialsFile) }

    /// The directories of the home that it needs, below the persistent ones.
    package var homeDirectories: [FilePath] {
        [".local/share", ".local/state", ".cache", ".config"].map { FilePath($0).appending(directory) }
            + sharedDirectories.filter { $0.components.count > 1 }
    }

    /// The names in the home of the shared directories.
    package var persistentNames: [String] { sharedDirectories.compactMap(\.components.first?.string) }

    /// The variables that it reads and that this program or the image's entrypoint sets.
    var ownVariables: Set<String> {
        Set(environment.map { VariableAssignment($0).name } + [configurationVariable])
    }
}
