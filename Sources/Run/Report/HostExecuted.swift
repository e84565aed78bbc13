// SPDX-License-Identifier: Apache-2.0

/// Files that programs of the host execute, or take commands from, without being asked each time. No list is complete.
package enum HostExecuted {
    /// Files, in whatever folder.
    static let names: Set<String> = [
        ".bazelrc", ".dir-locals.el", ".envrc", ".exrc", ".gdbinit", ".git", ".gitattributes", ".gitconfig",
        ".gitlab-ci.yml", ".gitmodules", ".lldbinit", ".mise.toml", ".npmrc", ".nvim.lua", ".pnpmfile.cjs",
        ".pre-commit-config.yaml", ".tool-versions", ".travis.yml", ".vimrc", ".yarnrc", ".yarnrc.yml", "BUILD.bazel",
        "CMakeLists.txt", "Cargo.toml", "Dockerfile", "GNUmakefile", "Gemfile", "Jenkinsfile", "Justfile", "Makefile",
        "Package.swift", "Rakefile", "Taskfile.yml", "Tiltfile", "Vagrantfile", "WORKSPACE", "azure-pipelines.yml",
        "build.gradle", "build.gradle.kts", "build.rs", "compose.yaml", "compose.yml", "configure", "conftest.py",
        "default.nix", "docker-compose.yaml", "docker-compose.yml", "flake.nix", "gradlew", "init.gradle", "justfile",
        "lefthook.yml", "makefile", "meson.build", "mise.toml", "mvnw", "package.json", "pom.xml", "pyproject.toml",
        "settings.gradle", "settings.gradle.kts", "setup.cfg", "setup.py", "shell.nix", "sitecustomize.py", "tox.ini",
    ]
    /// Folders, with everything below them.
    static let folders: Set<String> = [
        ".cargo", ".circleci", ".claude", ".cursor", ".devcontainer", ".githooks", ".husky", ".idea", ".mvn",
        ".opencode",
        ".vscode", ".yarn", ".zed",
    ]
    /// Folders below another one.
    static let nested: Set<String> = [".github/workflows", ".github/actions"]
    /// Folders that are full of what others wrote, and long to look through.
    static let skipped: Set<String> = ["node_modules", ".venv", "venv", "target", "__pycache__", ".tox", ".gradle"]

    /// Whether what is called `path`, relative to a project, is such a file.
    package static func matches(_ path: [String]) -> Bool {
        guard let name = path.last else { return false }
        let above = path.dropLast()
        return names.contains(name) || above.contains(where: folders.contains)
            || zip(above, above.dropFirst()).contains { nested.contains("\($0)/\($1)") }
    }
}
