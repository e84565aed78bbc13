// SPDX-License-Identifier: Apache-2.0

import Core

extension ImageDefinition {
    private static let keys = [
        "name", "version", "title", "description", "vendor", "licenses", "url", "source", "documentation", "debian",
        "packages", "repositories", "paths", "user", "environment", "locales", "workdir", "entrypoint", "command",
        "stop-signal",
        "labels", "health", "base-health", "agent", "programs",
    ]

    /// Parses the text of an image definition.
    ///
    /// - Parameter file: The name for error messages.
    /// - Throws: `DefinitionError`, with file, line and column.
    package init(parsing text: String, file: String) throws {
        let fields = try DefinitionNode(parsing: text, file: file).fields(Self.keys)
        name = try fields.need("name").text(/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*/, "a part of an image reference")
        version = try fields.need("version").version()
        title = try fields.need("title").text()
        description = try fields.need("description").text()
        vendor = try fields.need("vendor").text()
        licenses = try fields.need("licenses").text(/[A-Za-z0-9.+() -]+/, "an SPDX licence expression")
        url = try fields["url"]?.address() ?? ""
        source = try fields["source"]?.address() ?? ""
        documentation = try fields["documentation"]?.address() ?? ""
        (codename, architectures) = try fields.need("debian").release()
        packages = try fields.need("packages").packageGroups()
        repositories = try fields["repositories"]?.repositories() ?? []
        (excludes, includes) = try fields["paths"]?.globs() ?? ([], [])
        user = try UserDefinition(fields.need("user"))
        environment = try fields["environment"]?.texts(byKey: /[A-Za-z_][A-Za-z0-9_]*/, "a variable's name") ?? [:]
        locales = try fields.need("locales").texts(/[A-Za-z_]+(?:\.[A-Za-z0-9-]+)?(?:@[a-z]+)?/, "a locale's name")
        workdir = try fields.need("workdir").path()
        entrypoint = try fields.need("entrypoint").command()
        command = try fields.need("command").command()
        stopSignal = try fields["stop-signal"]?.text(/SIG[A-Z]+[0-9]*/, "a signal's name, such as SIGTERM") ?? "SIGTERM"
        labels = try fields["labels"]?.labels() ?? [:]
        healthCheck = try HealthCheckDefinition(fields.need("health"))
        baseHealthCheck = try HealthCheckDefinition(fields.need("base-health"))
        programs = try ProgramDefinition.all(
            fields["programs"], agent: fields["agent"], architectures: architectures)
    }
}

extension UserDefinition {
    fileprivate init(_ node: DefinitionNode) throws(DefinitionError) {
        let fields = try node.fields(["name", "uid", "gid", "home", "shell"])
        name = try fields.need("name").text(/[a-z_][a-z0-9_-]{0,30}/, "a login name in small letters (useradd(8))")
        // 0 is root, 65534 is nobody (Debian Policy 9.2.2).
        uid = try fields.need("uid").number(1...65533)
        gid = try fields.need("gid").number(1...65533)
        home = try fields.need("home").path()
        shell = try fields.need("shell").path()
    }
}

extension HealthCheckDefinition {
    fileprivate init(_ node: DefinitionNode) throws(DefinitionError) {
        let fields = try node.fields(["command", "interval", "timeout", "start-period", "retries"])
        command = try fields.need("command").command()
        interval = try fields.need("interval").seconds()
        timeout = try fields.need("timeout").seconds()
        startPeriod = try fields.need("start-period").seconds()
        retries = Int(try fields.need("retries").number(1...100))
    }
}
