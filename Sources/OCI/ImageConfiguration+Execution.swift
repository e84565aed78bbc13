// SPDX-License-Identifier: Apache-2.0

extension ImageConfiguration {
    /// The execution parameters of a container of the image (OCI config.md, "config").
    ///
    /// Empty strings, lists and maps are omitted, like Go's `omitempty`: absent and empty are equivalent.
    package struct Execution: Hashable, Sendable {
        /// `user`, `uid`, `user:group` or `uid:gid`; empty means root.
        package var user: String
        /// `NAME=value`, in order.
        package var env: [String]
        /// The fixed part of the command.
        package var entrypoint: [String]
        /// The default arguments of the command.
        package var cmd: [String]
        /// The working directory; empty means `/`.
        package var workingDir: String
        /// Arbitrary metadata.
        package var labels: [String: String]
        /// The signal that stops a container, such as `SIGTERM`.
        package var stopSignal: String
        /// `port/protocol`, sorted when written; nil and empty are equivalent.
        package var exposedPorts: [String]?
        /// Directories for a container's own data, sorted when written; nil and empty are equivalent.
        package var volumes: [String]?
        /// The health check, an extension of Docker: config.md reserves the name.
        package var healthcheck: HealthCheck?

        /// Creates execution parameters.
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
    /// The timeout of a check.
    package var timeout: Int64?
    /// The time after the start in which failures do not count.
    package var startPeriod: Int64?
    /// The number of consecutive failures that make a container unhealthy.
    package var retries: Int?

    /// Creates a health check.
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

    /// The empty object that represents an entry of `ExposedPorts` and `Volumes`.
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
