// SPDX-License-Identifier: Apache-2.0

extension NetworkPreset {
    /// All presets, sorted by name. A preset has the hosts that the service's own documentation names for its usual
    /// clients, or a wildcard above them, and no more.
    package static let all: [NetworkPreset] = (forges + registries + models).sorted { $0.name < $1.name }

    private static let forges = [
        NetworkPreset(
            "github", "GitHub: git over HTTPS and ssh, its API, releases",
            [
                "api.github.com", "codeload.github.com", "gist.github.com", "lfs.github.com", "ssh.github.com",
                "uploads.github.com", "*.githubusercontent.com",
            ], extra: ["github.com": [22, 443]]),
        NetworkPreset(
            "gitlab", "GitLab.com: git over HTTPS and ssh, its API", ["altssh.gitlab.com"],
            extra: ["gitlab.com": [22, 443]]),
        NetworkPreset(
            "bitbucket", "Bitbucket: git over HTTPS and ssh, its API", ["altssh.bitbucket.org", "api.bitbucket.org"],
            extra: ["bitbucket.org": [22, 443]]),
        NetworkPreset("codeberg", "Codeberg: git over HTTPS and ssh", [], extra: ["codeberg.org": [22, 443]]),
    ]

    private static let registries = [
        NetworkPreset("debian", "Debian's packages, and its other hosts", ["*.debian.org"], ports: [80, 443]),
        NetworkPreset("npm", "npm and Yarn", ["*.npmjs.org", "registry.yarnpkg.com"]),
        NetworkPreset("crates", "cargo", ["crates.io", "index.crates.io", "static.crates.io"]),
        NetworkPreset("rust", "rustup", ["static.rust-lang.org"]),
        NetworkPreset("go", "Go modules", ["proxy.golang.org", "sum.golang.org"]),
        NetworkPreset("maven", "Maven Central", ["repo.maven.apache.org", "repo1.maven.org"]),
        NetworkPreset("gradle", "Gradle and its plugins", ["plugins.gradle.org", "services.gradle.org"]),
        NetworkPreset("rubygems", "RubyGems", ["rubygems.org", "index.rubygems.org"]),
        NetworkPreset("nuget", "NuGet", ["api.nuget.org"]),
        NetworkPreset("packagist", "Composer", ["packagist.org", "repo.packagist.org"]),
    ]

    private static let models = [
        NetworkPreset("opencode", "OpenCode: its models, and their list", ["models.dev", "opencode.ai"]),
        NetworkPreset("anthropic", "Anthropic's models", ["api.anthropic.com", "console.anthropic.com"]),
        NetworkPreset("openai", "OpenAI's models", ["api.openai.com", "auth.openai.com"]),
        NetworkPreset("openrouter", "OpenRouter's models", ["openrouter.ai"]),
        NetworkPreset("google", "Google's models", ["generativelanguage.googleapis.com"]),
        NetworkPreset("mistral", "Mistral's models", ["api.mistral.ai"]),
        NetworkPreset("deepseek", "DeepSeek's models", ["api.deepseek.com"]),
        NetworkPreset("groq", "Groq's models", ["api.groq.com"]),
        NetworkPreset("xai", "xAI's models", ["api.x.ai"]),
        NetworkPreset("copilot", "GitHub Copilot's models; signing in needs github as well", ["*.githubcopilot.com"]),
    ]
}
