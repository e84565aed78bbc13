// SPDX-License-Identifier: Apache-2.0

/// `config.json` of the OCI runtime specification 1.0.2 (config.md, config-linux.md): the subset that is used here.
struct RuntimeSpecification: Encodable {
    var ociVersion = "1.0.2"
    var process: Process
    var root: Root
    var hostname: String?
    var mounts: [Mount]
    var annotations: [String: String]
    var linux: Linux

    struct Process: Encodable {
        var terminal: Bool
        var user: User
        var args: [String]
        var env: [String]
        var cwd: String
        var capabilities: Capabilities
        var noNewPrivileges: Bool
    }

    struct User: Encodable {
        var uid: UInt32
        var gid: UInt32
        var additionalGids: [UInt32]
    }

    struct Capabilities: Encodable {
        var bounding: [String]
        var effective: [String]
        var permitted: [String]
        var inheritable: [String] = []
        var ambient: [String] = []
    }

    struct Root: Encodable {
        var path: String
        var readonly: Bool
    }

    struct Mount: Encodable {
        var destination: String
        var type: String
        var source: String
        var options: [String]
    }

    struct Linux: Encodable {
        var namespaces: [Namespace]
        var cgroupsPath: String?
        var resources: Resources
        var maskedPaths: [String]
        var readonlyPaths: [String]
        var seccomp: RuntimeJSON?
    }

    struct Namespace: Encodable {
        var type: String
        var path: String?
    }

    struct Resources: Encodable {
        var devices: [DeviceRule]?
        var pids: Pids?
        var memory: Memory?
        var cpu: CPU?
    }

    struct DeviceRule: Encodable {
        var allow: Bool
        var access: String
    }

    struct Pids: Encodable { var limit: Int }

    struct Memory: Encodable { var limit: UInt64 }

    struct CPU: Encodable {
        var quota: Int64
        var period: UInt64
    }
}
