// SPDX-License-Identifier: Apache-2.0

import Engine

/// A Compose file with one service, in the keys that Compose 1.29 and 2 both read. It is rendered from Docker's
/// options: each has a key or a remark.
struct ComposeDocument {
    let request: ExportRequest

    func document() throws -> ExportedDocument {
        let options = try EngineArguments(.docker).hardening(
            request.profile, hostname: request.name, filter: request.seccompFile.map(Self.escaped),
            owner: ["uid=\(uid)", "gid=\(gid)"])
        let (keys, remarks) = try Self.translated(options)
        let service = [("image", .text(request.image))] + user + keys + environment + volumes
        let home: [(String, ExportedValue)] =
            request.hasHomeInMemory ? [] : [("volumes", .map(("home", .map([]))))]
        let members = [("services", .map((request.name, Self.map(service))))] + home
        return ExportedDocument(
            .compose, of: request, mark: "#", remarks: request.dockerRemarks + remarks,
            body: YAMLText.document(Self.map(members)))
    }

    private static func map(_ members: [(String, ExportedValue)]) -> ExportedValue {
        .map(members.map { ExportedMember(key: $0.0, value: $0.1) })
    }

    /// The user's numbers, which whoever starts the service can change by variables.
    private var uid: String { "${OPENCODE_UID:-\(request.user.userID)}" }
    private var gid: String { "${OPENCODE_GID:-\(request.user.groupID)}" }

    private var user: [(String, ExportedValue)] { request.hasRoot ? [] : [("user", .text("\(uid):\(gid)"))] }

    private var environment: [(String, ExportedValue)] {
        guard request.hasRoot else { return [] }
        let sudo = ExportedValue.text(request.profile.sudo ? "1" : "0")
        return [
            ("environment", .map(("OPENCODE_UID", .text(uid)), ("OPENCODE_GID", .text(gid)), ("OPENCODE_SUDO", sudo)))
        ]
    }

    private var volumes: [(String, ExportedValue)] {
        let project = ExportedValue.map(
            ("type", .text("bind")), ("source", .text(Self.escaped(request.project))),
            ("target", .text(request.workspace)))
        let home = ExportedValue.map(
            ("type", .text("volume")), ("source", .text("home")), ("target", .text(request.user.home)))
        return [("volumes", .list([project] + (request.hasHomeInMemory ? [] : [home])))]
    }

    /// A dollar sign begins a variable (compose-spec, "Interpolation").
    private static func escaped(_ text: String) -> String { text.replacingScalar("$", with: "$$") }
}

extension ComposeDocument {
    /// The keys of options that may be repeated, of options with a string, and of options with a number.
    private static let lists = [
        "--cap-drop": "cap_drop", "--cap-add": "cap_add", "--security-opt": "security_opt", "--tmpfs": "tmpfs",
    ]
    private static let texts = [
        "--pid": "pid", "--ipc": "ipc", "--hostname": "hostname", "--network": "network_mode", "--memory": "mem_limit",
        "--cpus": "cpus", "--shm-size": "shm_size",
    ]
    private static let numbers = ["--pids-limit": "pids_limit"]

    /// The options as keys, in the order of their first occurrence.
    private static func translated(
        _ options: [EngineOption]
    ) throws(ExportError) -> (keys: [(String, ExportedValue)], remarks: [ExportRemark]) {
        var (keys, remarks): ([(String, ExportedValue)], [ExportRemark]) = ([], [])
        for option in options {
            if let key = lists[option.name], let value = option.value {
                let place = keys.firstIndex { $0.0 == key }
                if let place, case .list(let items) = keys[place].1 {
                    keys[place].1 = .list(items + [.text(value)])
                } else {
                    keys.append((key, .texts([value])))
                }
            } else if let key = texts[option.name], let value = option.value {
                keys.append((key, .text(value)))
            } else if let key = numbers[option.name], let number = option.value.flatMap(Int.init) {
                keys.append((key, .number(number)))
            } else if option.name == "--read-only" {
                keys.append(("read_only", .flag(true)))
            } else {
                remarks.append(try remark(option))
            }
        }
        return (keys, remarks)
    }

    private static func remark(_ option: EngineOption) throws(ExportError) -> ExportRemark {
        let value = option.value ?? ""
        switch option.name {
        case "--cgroupns":
            return ExportRemark(
                .namespaces,
                "control group namespace (\(value)): Docker's default, for which Compose 1.29 has no key: private "
                    + "with version 2 of control groups.")
        case "--uts": return ExportRemark(.namespaces, "host name (\(value)): Compose 1.29 has no key for it.")
        default: throw .inexpressible(option.name, .compose)
        }
    }
}
