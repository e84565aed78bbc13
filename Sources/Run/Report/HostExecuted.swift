// SPDX-License-Identifier: Apache-2.0

/// Files that programs of the host execute, or take commands or instructions from, without being asked each time. No list
/// is complete.
package enum HostExecuted {
    /// Files, in whatever directory.
    static let names: Set<String> = shells.union(editors).union(agents).union(builds).union(packages).union(automation)

    private static let shells: Set<String> = [
        ".bash_login", ".bash_logout", ".bash_profile", ".bashrc", ".envrc", ".ghci", ".irbrc", ".profile", ".pryrc",
        ".RData", ".Renviron", ".Rprofile", ".credo.exs", ".env", ".erlang", ".formatter.exs", ".pdbrc", ".proverc",
        ".iex.exs", ".mise.local.toml", ".ocamlinit", ".octaverc", "devbox.json",
        "mise.local.toml", ".mise.toml", ".tool-versions", ".zlogin", ".zprofile", ".zshenv", ".zshrc", "mise.toml",
    ]
    private static let editors: Set<String> = [
        ".arcconfig", ".classpath", ".dir-locals-2.el", ".lazygit.yml", ".luacheckrc", ".luarc.json", ".dir-locals.el",
        ".exrc", ".project", "hie.yaml", ".gdbinit", ".ideavimrc",
        ".lldbinit", ".nvim.lua", ".nvimrc", ".vimrc",
        ".lvimrc", ".ycm_extra_conf.py",
    ]
    private static let agents: Set<String> = [
        ".clinerules", ".cursorrules", ".goosehints", ".mcp.json", ".roorules", ".windsurfrules", "AGENT.md",
        "AGENTS.md", "AGENTS.override.md", "CLAUDE.local.md", "CLAUDE.md", "CONVENTIONS.md", "CRUSH.md", "GEMINI.md",
        "QWEN.md", "WARP.md", "copilot-instructions.md", "crush.json", "opencode.json", "opencode.jsonc",
    ]
    private static let builds: Set<String> = [
        "Makefile.PL", "Makefile.toml", "build.ninja", "cabal.project", "config.ru", "go.work", "magefile.go",
        "taskfile.yml", ".bazeliskrc", ".bazelrc", ".buckconfig", ".justfile", "Podfile", "cdk.json", "cpanfile",
        "gems.rb",
        "autogen.sh", "bootstrap", "gradle.properties", "rakefile", "rust-toolchain", "rust-toolchain.toml", "BUCK",
        "BUILD", "BUILD.bazel",
        "Brewfile", "CMakeLists.txt",
        "CMakePresets.json", "CMakeUserPresets.json", "Cargo.toml", "Containerfile", "Directory.Build.props",
        "Directory.Build.rsp", "Directory.Build.targets", "Directory.Packages.props", "Dockerfile", "Earthfile",
        "GNUmakefile", "Gemfile", "Gruntfile.js", "Guardfile", "Gulpfile.js", "Justfile", "MODULE.bazel", "MSBuild.rsp",
        "Makefile", "Makefile.am", "NuGet.Config", "Package.swift", "Procfile", "Rakefile", "SConscript", "SConstruct",
        "Setup.hs", "Setup.lhs", "Snakefile", "Taskfile.yaml", "Taskfile.yml", "Tiltfile", "Vagrantfile", "WORKSPACE",
        "WORKSPACE.bazel", "build.gradle", "build.gradle.kts", "build.rs", "build.sbt", "build.sc", "build.xml",
        "build.zig", "build.zig.zon", "compose.override.yaml", "compose.override.yml", "compose.yaml", "compose.yml",
        "conanfile.py", "configure", "configure.ac", "default.nix", "deps.edn", "devenv.nix", "docker-bake.hcl",
        "docker-compose.override.yaml", "docker-compose.override.yml", "docker-compose.yaml", "docker-compose.yml",
        "dub.json", "dub.sdl", "dune", "flake.nix", "gradlew", "gradlew.bat", "gulpfile.js", "gulpfile.mjs",
        "gulpfile.ts", "init.gradle", "justfile", "makefile", "meson.build", "mix.exs", "mvnw", "mvnw.cmd",
        "nuget.config", "pom.xml", "project.clj", "rebar.config", "rebar.config.script", "settings.gradle",
        "settings.gradle.kts", "shadow-cljs.edn", "shell.nix", "stack.yaml", "wscript", "xmake.lua",
    ]
    private static let packages: Set<String> = [
        ".air.toml", ".babelrc", ".coveragerc", ".devcontainer.json", ".latexmkrc", ".mypy.ini", ".pnp.cjs",
        ".pnp.loader.mjs",
        ".prettierrc", ".rubocop.yml", ".stylelintrc", "mypy.ini", "ansible.cfg", "dodo.py", "fabfile.py", "latexmkrc",
        ".eslintrc", ".eslintrc.cjs",
        ".eslintrc.js", ".eslintrc.json", ".eslintrc.yaml",
        ".eslintrc.yml", ".npmrc", ".pnpmfile.cjs", ".pylintrc", ".rspec", ".yarnrc", ".yarnrc.yml", "angular.json",
        "bunfig.toml", "composer.json", "conftest.py", "deno.json", "deno.jsonc", "lerna.json", "manage.py",
        "metro.config.js", "noxfile.py", "nx.json", "package.json", "pnpm-workspace.yaml", "pubspec.yaml",
        "pylintrc", "pyproject.toml", "pytest.ini", "setup.cfg", "setup.py", "sitecustomize.py", "tasks.py", "tox.ini",
        "turbo.json", "usercustomize.py", "wrangler.toml",
    ]
    private static let automation: Set<String> = [
        ".appveyor.yml", ".cirrus.yml", ".drone.yml", ".gitlab-ci.yml", ".gitpod.yml", ".goreleaser.yaml",
        ".goreleaser.yml",
        ".overcommit.yml", ".pre-commit-config.yaml", ".pre-commit-hooks.yaml", ".travis.yml", ".woodpecker.yaml",
        ".woodpecker.yml", "Jenkinsfile", "appveyor.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml",
        "cloudbuild.yaml", "lefthook-local.yml", "lefthook.yaml", "lefthook.yml", ".lefthook.yml", "skaffold.yaml",
    ]

    /// Ends of files' names, from the last dot on.
    static let endings: Set<String> = [
        "bzl", "cabal", "cmake", "code-workspace", "gradle", "kts", "sbt", "mk", "csproj", "fsproj", "gemspec",
        "nimble",
        "opam", "podspec", "props",
        "pth",
        "sln", "slnx", "sublime-project", "targets", "vbproj", "vcxproj",
    ]
    /// Beginnings of files' names up to a dot: `vite.config.` and whatever is behind it.
    static let stems: Set<String> = Set(
        [
            "astro", "babel", "commitlint", "cypress", "esbuild", "eslint", "jest", "karma", "lint-staged", "next",
            "nuxt", "playwright", "postcss", "prettier", "remix", "rolldown", "rollup", "rspack", "snowpack",
            "stylelint", "svelte", "tailwind", "tsdown", "tsup", "uno", "vite", "vitest", "vue", "webpack", "wdio",
        ].map { "\($0).config." }
            + [
                ".babelrc.", ".commitlintrc.", ".lintstagedrc.", ".mocharc.", ".prettierrc.", ".releaserc.",
                ".stylelintrc.", "karma.conf.", "protractor.conf.", "release.config.", "wdio.conf.",
            ]
    ).union([".aider."])

    /// Directories, with everything below them.
    static let directories: Set<String> = [
        ".agents", ".aider", ".amazonq", ".augment", ".buildkite", ".bundle", ".cargo", ".circleci", ".claude",
        ".clinerules", ".codex", ".continue", ".cursor", ".devcontainer", ".direnv", ".fleet", ".gemini", ".githooks",
        ".bsp", ".externalToolBuilders", ".helix", ".husky", ".idea", ".run", "buildSrc", ".junie", ".kiro",
        ".lefthook",
        ".mise", ".mvn", ".opencode", ".qwen", ".roo", ".storybook",
        ".vim", ".vs", ".vscode", ".windsurf", ".woodpecker", ".yarn", ".zed",
    ]
    /// Files, or directories with everything below them, in one of a certain name.
    static let nested: [(above: String, name: String)] = [
        (".config", "mise"), (".config", "mise.toml"), (".forgejo", "workflows"), (".gitea", "workflows"),
        (".hg", "hgrc"), (".hg", "hgrc-not-shared"), (".jj", "repo"), (".sl", "config"), (".github", "actions"),
        (".github", "agents"),
        (".github", "hooks"), (".github", "instructions"),
        (".github", "prompts"), (".github", "workflows"), ("gradle", "init.d"), ("gradle", "wrapper"),
        ("tools", "bazel"),
    ]
    /// Directories that are full of what others wrote: what changed in one of them is counted.
    static let dependencies: Set<String> = [
        "node_modules", ".venv", "venv", "target", "__pycache__", ".tox", ".nox", ".gradle", "vendor", "site-packages",
        ".pnpm-store", "bower_components", "Pods", ".build", "dist-packages",
    ]
    /// What git itself reads of a worktree.
    static let git: Set<String> = [".gitattributes", ".gitconfig", ".gitmodules", ".lfsconfig"]
}
