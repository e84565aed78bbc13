// SPDX-License-Identifier: Apache-2.0

/// Files that programs of the host execute, or read commands or instructions from, without asking each time. The list
/// cannot be complete.
package enum HostExecuted {
    /// Files in any directory.
    static let names: Set<String> = shells.union(editors).union(agents).union(builds).union(packages).union(automation)

    private static let shells: Set<String> = [
        ".bash_login", ".bash_logout", ".bash_profile", ".bashrc", ".byebugrc", ".credo.exs", "devbox.json",
        ".env", ".envrc", ".erlang", ".flaskenv", ".formatter.exs", ".gdbearlyinit", ".ghci", ".iex.exs", ".irbrc",
        ".mise.local.toml", "mise.local.toml", ".mise.toml", "mise.toml", ".ocamlinit", ".octaverc", ".pdbrc",
        ".profile", ".proverc", ".pryrc", ".RData", ".rdbgrc", ".Renviron", ".Rprofile", ".tmuxinator.yml",
        ".tool-versions", ".zlogin", ".zprofile", ".zshenv", ".zshrc",
    ]
    private static let editors: Set<String> = [
        ".arcconfig", ".classpath", ".dir-locals-2.el", ".dir-locals.el", ".exrc", ".gdbinit", "hie.yaml",
        ".ideavimrc", ".lazygit.yml", ".lldbinit", ".luacheckrc", ".luarc.json", ".lvimrc", ".nvim.lua", ".nvimrc",
        ".project", ".vimrc", ".ycm_extra_conf.py",
    ]
    private static let agents: Set<String> = [
        "AGENT.md", "AGENTS.md", "AGENTS.override.md", "CLAUDE.local.md", "CLAUDE.md", ".clinerules",
        "CONVENTIONS.md", "copilot-instructions.md", "crush.json", "CRUSH.md", ".cursorrules", "GEMINI.md",
        ".goosehints", ".mcp.json", "opencode.json", "opencode.jsonc", "QWEN.md", "replit.md", ".roorules",
        "SKILL.md", "WARP.md", ".windsurfrules",
    ]
    private static let builds: Set<String> = [
        "Appraisals", "autogen.sh", ".bazeliskrc", ".bazelrc", "Berksfile", "bootstrap", "bootstrap.sh",
        "Brewfile", "BUCK", ".buckconfig", "BUILD", "BUILD.bazel", "build.gradle", "build.gradle.kts",
        "build.ninja", "Build.PL", "build.rs", "build.sbt", "build.sc", "build.xml", "build.zig", "build.zig.zon",
        "cabal.project", "Capfile", "Cargo.toml", "cdk.json", "CMakeLists.txt", "CMakePresets.json",
        "CMakeUserPresets.json", "compose.override.yaml", "compose.override.yml", "compose.yaml", "compose.yml",
        "conanfile.py", "config.ru", "configure", "configure.ac", "Containerfile", "cpanfile", "Cross.toml",
        "Dangerfile", "default.nix", "deps.edn", "devenv.nix", "Directory.Build.props", "Directory.Build.rsp",
        "Directory.Build.targets", "Directory.Packages.props", "docker-bake.hcl", "docker-compose.override.yaml",
        "docker-compose.override.yml", "docker-compose.yaml", "docker-compose.yml", "Dockerfile", "dub.json",
        "dub.sdl", "dune", "dune-project", "Earthfile", "Fastfile", "flake.nix", "foundry.toml", "Gemfile",
        "gems.rb", "GNUmakefile", "go.mod", "go.work", "gradle.properties", "gradlew", "gradlew.bat",
        "Gruntfile.js", "Guardfile", "Gulpfile.js", "gulpfile.js", "gulpfile.mjs", "gulpfile.ts", "helmfile.yaml",
        "init.gradle", ".justfile", "Justfile", "justfile", "magefile.go", "Makefile", "makefile", "Makefile.am",
        "Makefile.PL", "Makefile.toml", "meson.build", "mix.exs", "MODULE.bazel", "MSBuild.rsp", "mvnw",
        "mvnw.cmd", "nextflow.config", "NuGet.Config", "nuget.config", "Package.swift", "Podfile", "pom.xml",
        "Procfile", "project.clj", "Pulumi.yaml", "Rakefile", "rakefile", "rebar.config", "rebar.config.script",
        "rust-toolchain", "rust-toolchain.toml", "SConscript", "SConstruct", "settings.gradle",
        "settings.gradle.kts", "Setup.hs", "Setup.lhs", "shadow-cljs.edn", "shell.nix", "Snakefile", "stack.yaml",
        "Steepfile", "Taskfile.yaml", "Taskfile.yml", "taskfile.yml", "terragrunt.hcl", "Thorfile", "Tiltfile",
        "Vagrantfile", "WORKSPACE", "WORKSPACE.bazel", "wscript", "xmake.lua",
    ]
    private static let packages: Set<String> = [
        ".air.toml", "angular.json", "ansible.cfg", ".babelrc", "bunfig.toml", ".commitlintrc", "composer.json",
        "conftest.py", ".coveragerc", "deno.json", "deno.jsonc", ".devcontainer.json", "dodo.py",
        "ember-cli-build.js", ".eslintrc", ".eslintrc.cjs", ".eslintrc.js", ".eslintrc.json", ".eslintrc.yaml",
        ".eslintrc.yml", "fabfile.py", ".golangci.toml", ".golangci.yaml", ".golangci.yml", "hatch.toml",
        "jsconfig.json", ".jvmopts", ".latexmkrc", "latexmkrc", "lerna.json", ".lintstagedrc", "manage.py",
        "metro.config.js", ".mocharc", ".mypy.ini", "mypy.ini", "nodemon.json", "noxfile.py", ".npmrc", "nx.json",
        ".nycrc", "package.json", ".parcelrc", "pdm.toml", ".php-cs-fixer.dist.php", ".php-cs-fixer.php",
        "phpunit.xml", "phpunit.xml.dist", "Pipfile", "pixi.toml", ".pnp.cjs", ".pnp.loader.mjs",
        "pnpm-workspace.yaml", ".pnpmfile.cjs", "poetry.toml", ".postcssrc", ".prettierrc", "pubspec.yaml",
        ".pylintrc", "pylintrc", "pyproject.toml", "pytest.ini", ".releaserc", ".rspec", ".rubocop.yml",
        ".sbtopts", "setup.cfg", "setup.py", "sitecustomize.py", ".stylelintrc", ".swcrc", ".taprc", "tasks.py",
        "tox.ini", "tsconfig.json", "turbo.json", "usercustomize.py", "uv.toml", "wrangler.toml", ".yarnrc",
        ".yarnrc.yml",
    ]
    private static let automation: Set<String> = [
        ".actrc", ".appveyor.yml", "appveyor.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml", ".cirrus.yml",
        "cloudbuild.yaml", ".drone.yml", ".gitlab-ci.yml", ".gitpod.yml", ".goreleaser.yaml", ".goreleaser.yml",
        ".huskyrc", "Jenkinsfile", "lefthook-local.yml", "lefthook.yaml", ".lefthook.yml", "lefthook.yml",
        ".overcommit.yml", ".pre-commit-config.yaml", ".pre-commit-hooks.yaml", "skaffold.yaml", ".travis.yml",
        ".woodpecker.yaml", ".woodpecker.yml",
    ]

    /// Suffixes of file names, including the last dot.
    static let endings: Set<String> = [
        "bzl", "cabal", "cmake", "code-workspace", "csproj", "desktop", "fsproj", "gemspec", "gradle", "kts", "mk",
        "nimble", "opam", "pbxproj", "podspec", "props", "pth", "sbt", "sln", "slnx", "sublime-project", "targets",
        "vbproj", "vcxproj",
    ]
    /// Prefixes of file names up to a dot: `vite.config.` and any suffix.
    static let stems: Set<String> = Set(
        [
            "app", "astro", "babel", "capacitor", "commitlint", "craco", "cypress", "drizzle", "ecosystem",
            "esbuild", "eslint", "graphql", "hardhat", "jest", "karma", "lint-staged", "metro", "next", "nuxt",
            "playwright", "postcss", "prettier", "prisma", "quasar", "remix", "rolldown", "rollup", "rspack",
            "serverless", "snowpack", "sst", "stylelint", "svelte", "tailwind", "tsdown", "tsup", "uno", "vite",
            "vitest", "vue", "wdio", "webpack",
        ].map { "\($0).config." }
            + [
                ".babelrc.", ".commitlintrc.", ".huskyrc.", ".lintstagedrc.", ".mocharc.", ".prettierrc.",
                ".releaserc.",
                ".stylelintrc.", "karma.conf.", "protractor.conf.", "release.config.", "wdio.conf.", ".env.",
                "gatsby-config.", "gatsby-node.", "knexfile.", "truffle-config.",
            ]
    ).union([".aider."])

    /// Directories, with everything below them.
    static let directories: Set<String> = [
        ".agents", ".aider", ".amazonq", ".augment", ".bsp", ".buildkite", "buildSrc", ".bundle", ".cargo",
        ".changeset", ".circleci", ".claude", ".cline", ".clinerules", ".clj-kondo", ".codex", ".continue",
        ".crush", ".cursor", ".devcontainer", ".direnv", ".externalToolBuilders", ".factory", ".fleet", ".gemini",
        ".githooks", ".goose", ".helix", ".husky", ".idea", ".junie", ".kilocode", ".kiro", ".lefthook", ".mise",
        ".mvn", "nbproject", ".opencode", ".openhands", ".qwen", ".roo", ".run", ".semaphore", ".settings",
        ".storybook", ".teamcity", ".terraform", ".trae", ".vim", ".vs", ".vscode", ".windsurf", ".woodpecker",
        ".yarn", ".zed", ".zencoder",
    ]
    /// Files, or directories with everything below them, in a directory of a certain name.
    static let nested: [(above: String, name: String)] = [
        (".config", "mise"), (".config", "mise.toml"), (".forgejo", "workflows"), (".gitea", "workflows"),
        (".github", "actions"), (".github", "agents"), (".github", "hooks"), (".github", "instructions"),
        (".github", "prompts"), (".github", "workflows"), (".hg", "hgrc"), (".hg", "hgrc-not-shared"), (".jj", "repo"),
        (".julia", "config"), (".nvim", "init.lua"), (".sl", "config"), ("gradle", "init.d"), ("gradle", "wrapper"),
        ("tools", "bazel"),
    ]
    /// Directories with third-party packages: changes in one of them are only counted.
    static let dependencies: Set<String> = [
        "__pycache__", "bower_components", ".build", "dist-packages", ".gradle", "node_modules", ".nox",
        ".pnpm-store", "Pods", "site-packages", "target", ".tox", "vendor", ".venv", "venv",
    ]
    /// Executable files that git executes in whichever directory a configuration names (githooks(5)); `update` is left
    /// out, which many programs are called.
    static let hooks: Set<String> = [
        "applypatch-msg", "commit-msg", "fsmonitor-watchman", "post-applypatch", "post-checkout", "post-commit",
        "post-index-change", "post-merge", "post-receive", "post-rewrite", "post-update", "pre-applypatch",
        "pre-auto-gc", "pre-commit", "pre-merge-commit", "pre-push", "pre-rebase", "pre-receive",
        "prepare-commit-msg", "proc-receive", "push-to-checkout", "reference-transaction", "sendemail-validate",
    ]
    /// Files of a worktree that git itself reads.
    static let git: Set<String> = [".gitattributes", ".gitconfig", ".gitmodules", ".lfsconfig"]
}
