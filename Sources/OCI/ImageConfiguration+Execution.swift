// SPDX-License-Identifier: Apache-2.0

extension ImageConfiguration {
    /// How a container made from the image is started (OCI config.md, "config").
    ///
    /// Empty texts, lists and maps are not written, as Go's `omitempty` does: absent and empty mean the same.
    package struct Execution: Hashable, Sendable {
        /// `user`, `uid`, `user:group` or `uid:gid`; empty is root.
        package var user: String
        /// `NAME=value`, in this order.
        package var env: [String]
        /// The command's fixed beginning.
        package var entrypoint: [String]
        /// The command's default rest.
        package var cmd: [String]
        /// Where the command starts; empty is `/`.
        package var workingDir: String
        /// Free words about the image.
        package var labels: [String: String]
        /// The signal that ends a container well, such as `SIGTERM`.
        package var stopSignal: String
        /// `port/protocol`, written sorted; `nil` and empty are the same.
        package var exposedPorts: [String]?
        /// Directories that hold a container's own data, written sorted; `nil` and empty are the same.
        package var volumes: [String]?
        /// How to ask a container whether it is well. Docker's extension: config.md reserves the name.
        package var healthcheck: HealthCheck?

        /// Puts the settings together.
        package init(
            user: String = "", env: [String] = [], entrypoint: [String] = [], cmd: [String] = [],
            workingDir: String = "", labels: [String: String] = [:], stopSignal: String = "",
            exposedPorts: [String]? = nil, volumes: [String]? = nil, healthcheck: HealthCheck? = nil
        ) {
            self.user = user
            self.env = env
            self.entrypoint = entrypoint
            self.cmd = cmd
            self.workingDir = workingDir
            self.labels = labels
            self.stopSignal = stopSignal
            self.exposedPorts = exposedPorts
            self.volumes = volumes
            self.healthcheck = healthcheck
        }
    }
}

/// Docker's health check (moby's `HealthcheckConfig`); all times in nanoseconds.
package struct HealthCheck: Hashable, Sendable, Codable {
    /// `["CMD", program, argument…]`, `["CMD-SHELL", line]` or `["NONE"]`.
    package var test: [String]
    /// The time between two checks.
    package var interval: Int64?
    /// How long a check may take.
    package var timeout: Int64?
    /// How long failures do not count after the start.
    package var startPeriod: Int64?
    /// How many failures in a row make a container unhealthy.
    package var retries: Int?

    /// Puts a check together.
    package init(
        test: [String], interval: Int64? = nil, timeout: Int64? = nil, startPeriod: Int64? = nil, retries: Int? = nil
    ) {
        self.test = test
        self.interval = interval
        self.timeout = timeout
        self.startPeriod = startPeriod
        self.retries = retries
    }

    private enum CodingKeys: String, CodingKey {
        case test = "Test"
        case interval = "Interval"
        case timeout = "Timeout"
        case startPeriod = "StartPeriod"
        case retries = "Retries"
    }
}

extension ImageConfiguration.Execution: Codable {
    private enum CodingKeys: String, CodingKey {
        case user = "User"
        case env = "Env"
        case entrypoint = "Entrypoint"
        case cmd = "Cmd"
        case workingDir = "WorkingDir"
        case labels = "Labels"
        case stopSignal = "StopSignal"
        case exposedPorts = "ExposedPorts"
        case volumes = "Volumes"
        case healthcheck = "Healthcheck"
    }

    /// The empty object that stands for "present" in `ExposedPorts` and `Volumes`.
    private struct Present: Codable {}

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) throws -> String { try container.decodeIfPresent(String.self, forKey: key) ?? "" }
        func list(_ key: CodingKeys) throws -> [String] {
            try container.decodeIfPresent([String].self, forKey: key) ?? []
        }
        func names(_ key: CodingKeys) throws -> [String]? {
            let keys = try container.decodeIfPresent([String: Present].self, forKey: key)?.keys
            return keys?.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
        self.init(
            user: try text(.user), env: try list(.env), entrypoint: try list(.entrypoint), cmd: try list(.cmd),
            workingDir: try text(.workingDir),
            labels: try container.decodeIfPresent([String: String].self, forKey: .labels) ?? [:],
            stopSignal: try text(.stopSignal), exposedPorts: try names(.exposedPorts), volumes: try names(.volumes),
            healthcheck: try container.decodeIfPresent(HealthCheck.self, forKey: .healthcheck))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func put(_ value: some Encodable & Collection, _ key: CodingKeys) throws {
            if !value.isEmpty { try container.encode(value, forKey: key) }
        }
        func put(names: [String]?, _ key: CodingKeys) throws {
            try put(Dictionary((names ?? []).map { ($0, Present()) }, uniquingKeysWith: { first, _ in first }), key)
        }
        try put(user, .user)
        try put(env, .env)
        try put(entrypoint, .entrypoint)
        try put(cmd, .cmd)
        try put(workingDir, .workingDir)
        try put(labels, .labels)
        try put(stopSignal, .stopSignal)
        try put(names: exposedPorts, .exposedPorts)
        try put(names: volumes, .volumes)
        try container.encodeIfPresent(healthcheck, forKey: .healthcheck)
    }
}
