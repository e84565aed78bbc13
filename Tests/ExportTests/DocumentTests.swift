// SPDX-License-Identifier: Apache-2.0

import Engine
import Export
import Foundation
import OCI
import SystemPackage
import Testing
import Yams

@Suite("Documents as other programs read them")
struct DocumentTests {
    private static func yaml(_ form: ExportForm, _ profile: String, _ change: (inout ExportRequest) -> Void = { _ in })
        throws -> [ParsedValue]
    {
        let text = try ExportFixture.document(form, profile, change).text
        return try Yams.load_all(yaml: text).map { ParsedValue(value: $0) }
    }

    private static func devcontainer(_ profile: String, _ change: (inout ExportRequest) -> Void = { _ in })
        throws -> ParsedValue
    {
        let lines = try ExportFixture.document(.devcontainer, profile, change).text.split(separator: "\n")
        let json = lines.drop { $0.hasPrefix("//") }.joined(separator: "\n")
        return ParsedValue(value: try JSONSerialization.jsonObject(with: Data(json.utf8)))
    }

    @Test("Compose: the standard profile")
    func compose() throws {
        let file = try #require(try Self.yaml(.compose, "standard") { $0.seccompFile = "./a$b.json" }.first)
        let service = file["services"]["opencode"]
        #expect(service["image"].text == "opencode-docker:1.0.0")
        #expect(service["cap_drop"].texts == ["ALL"])
        #expect(service["cap_add"].texts == ["CHOWN", "FOWNER", "SETGID", "SETUID"])
        #expect(service["security_opt"].texts == ["no-new-privileges", "seccomp=./a$$b.json"])
        #expect(service["pids_limit"].number == 1024)
        #expect(service["environment"]["OPENCODE_UID"].text == "${OPENCODE_UID:-1000}")
        #expect(service["tmpfs"].texts?.first == "/run:rw,nosuid,nodev,mode=0755,exec")
        #expect(service["volumes"].first(where: "target", is: "/workspace")["source"].text == ".")
        #expect(file["volumes"].keys == ["home"])
        #expect(!service.keys.contains("user"))
    }

    @Test("Compose: the strict profile, and limits")
    func strictCompose() throws {
        let file = try #require(
            try Self.yaml(.compose, "strict") {
                $0.profile.limits.memory = 1 << 30
                $0.profile.limits.cpus = 1.5
            }.first)
        let service = file["services"]["opencode"]
        #expect(service["user"].text == "${OPENCODE_UID:-1000}:${OPENCODE_GID:-1000}")
        #expect(service["network_mode"].text == "none")
        #expect(service["read_only"].flag == true)
        #expect(service["mem_limit"].text == "1073741824b")
        #expect(service["cpus"].text == "1.5")
        #expect(service["tmpfs"].texts?.last?.contains("uid=${OPENCODE_UID:-1000}") == true)
        #expect(file.keys == ["services"])
    }

    @Test("Kubernetes: the restricted standard's rules, in both profiles", arguments: ["standard", "strict"])
    func restricted(profile: String) throws {
        let pod = try #require(try Self.yaml(.kubernetes, profile).first { $0["kind"].text == "Pod" })["spec"]
        let context = pod["containers"][0]["securityContext"]
        #expect(pod["securityContext"]["runAsNonRoot"].flag == true)
        #expect(pod["securityContext"]["runAsUser"].number == 1000)
        #expect(pod["securityContext"]["seccompProfile"]["type"].text == "RuntimeDefault")
        #expect(context["allowPrivilegeEscalation"].flag == false)
        #expect(context["readOnlyRootFilesystem"].flag == true)
        #expect(context["capabilities"]["drop"].texts == ["ALL"] && context["capabilities"].keys == ["drop"])
        #expect(pod.keys.isDisjoint(with: ["hostNetwork", "hostPID", "hostIPC"]))
        let volumes = pod["volumes"].value as? [[String: Any]] ?? []
        #expect(volumes.allSatisfy { Set($0.keys).isSubset(of: ["name", "emptyDir", "persistentVolumeClaim"]) })
        let mounted = (pod["containers"][0]["volumeMounts"].value as? [[String: Any]] ?? []).map {
            ($0["name"] as? String ?? "", $0["mountPath"] as? String ?? "")
        }
        #expect(Set(mounted.map(\.0)) == Set(volumes.compactMap { $0["name"] as? String }))
        #expect(Set(mounted.map(\.1)).isSuperset(of: ["/tmp", "/home/opencode", "/workspace"]))
    }

    @Test("Kubernetes: kinds, limits, the filter's file, the health check")
    func kubernetes() throws {
        let kinds = { (profile: String) in try Self.yaml(.kubernetes, profile).map { $0["kind"].text } }
        #expect(try kinds("standard") == ["Pod"])
        #expect(try kinds("strict") == ["NetworkPolicy", "Pod"])
        let documents = try Self.yaml(.kubernetes, "standard") {
            $0.profile.limits.memory = 1 << 30
            $0.profile.limits.cpus = 2
            $0.seccompFile = "seccomp.json"
            $0.claim = "work"
        }
        let pod = try #require(documents.last)["spec"]
        let container = pod["containers"][0]
        #expect(container["resources"]["limits"]["memory"].text == "1073741824")
        #expect(container["resources"]["limits"]["cpu"].text == "2.0")
        #expect(pod["securityContext"]["seccompProfile"]["localhostProfile"].text == "seccomp.json")
        let annotation = documents.last?["metadata"]["annotations"]["seccomp.security.alpha.kubernetes.io/pod"].text
        #expect(annotation == "localhost/seccomp.json")
        #expect(pod["volumes"][0]["persistentVolumeClaim"]["claimName"].text == "work")
        #expect(container["livenessProbe"]["exec"]["command"].texts == ["/health"])
        #expect(container["livenessProbe"]["periodSeconds"].number == 30)
        #expect(container["livenessProbe"]["failureThreshold"].number == 3)
    }

    @Test("A dev container: the label's keys and the engine's arguments")
    func devcontainer() throws {
        let file = try Self.devcontainer("standard") {
            $0.seccompFile = "a.json"
            $0.isSeccompInWorkspace = true
        }
        #expect(file["remoteUser"].text == "opencode")
        #expect(file["overrideCommand"].flag == false && file["updateRemoteUserUID"].flag == true)
        let arguments = try #require(file["runArgs"].texts)
        let expected = [
            "--cap-drop=ALL", "--cap-add=CHOWN", "--security-opt=no-new-privileges", "--pids-limit=1024",
            "--security-opt=seccomp=${localWorkspaceFolder}/a.json",
        ]
        #expect(Set(arguments).isSuperset(of: expected))
        #expect(file["mounts"].texts == ["type=volume,source=opencode-home-${devcontainerId},target=/home/opencode"])
        let strict = try Self.devcontainer("strict")
        #expect(strict["containerUser"].text == "opencode")
        #expect(strict["mounts"].value == nil)
        let words = try #require(strict["runArgs"].texts)
        #expect(words.contains("--read-only") && words.contains("--network=none"))
        #expect(words.contains("--tmpfs=/home/opencode:rw,nosuid,nodev,mode=0700,exec,uid=1000,gid=1000"))
    }

    @Test(
        "Names of services and pods",
        arguments: [
            ("opencode", true), ("a-1", true), ("", false), ("A", false), ("a_b", false), ("-a", false), ("a-", false),
            (String(repeating: "a", count: 41), false), ("a\nb", false),
        ])
    func names(name: String, isValid: Bool) throws {
        let request = try ExportFixture.request("standard") { $0.name = name }
        for form in ExportForm.allCases {
            let document = try? Exporter(form).document(request)
            #expect((document != nil) == isValid)
        }
    }

    @Test("An image's name is checked", arguments: ["A:b", "a b", "a\nb: c", ""])
    func images(image: String) throws {
        let request = try ExportFixture.request("standard") { $0.image = image }
        for form in ExportForm.allCases { #expect(throws: (any Error).self) { try Exporter(form).document(request) } }
    }

    @Test(
        "Paths as a document names them",
        arguments: [
            ("/a/b/c.json", "/a/b", "./c.json"), ("/a/c.json", "/a/b", "../c.json"), ("/a/b", "/a/b", "."),
            ("/x/y", "/a/b", "../../x/y"), ("/a/./b/../c", "/a", "./c"),
        ])
    func paths(file: String, directory: String, expected: String) throws {
        #expect(try DocumentPath.relative(FilePath(file), to: FilePath(directory)) == expected)
    }

    @Test(
        "A path with control characters, or that is not UTF-8, is refused in each way of naming it",
        arguments: [[0x0A], [0x0D], [0x1B], [0x7F], [0xC2, 0x85], [0xE2, 0x80, 0xA8], [0xEF, 0xBB, 0xBF], [0xFF]])
    func controlCharacters(bytes: [UInt8]) throws {
        let file = FilePath(platformString: (Array("/x/a".utf8) + bytes + [0]).map { CChar(bitPattern: $0) })
        #expect(throws: ExportError.self) { try DocumentPath.relative(file, to: "/x") }
        #expect(throws: ExportError.self) { try DocumentPath.inside(file, of: "/x") }
        #expect(throws: ExportError.self) { try DocumentPath.absolute(file) }
        #expect(throws: ExportError.self) { try DocumentPath.name(file) }
        #expect(!String(decoding: [0x61] + bytes, as: UTF8.self).isWritableInDocuments)
        #expect(try DocumentPath.inside("/x/a", of: "/y") == nil)
        #expect("aä🐧 $'\"\\".isWritableInDocuments)
    }

    @Test(
        "A variable of dev containers in the filter's name is refused",
        arguments: [("${localEnv:HOME}.json", false), ("a${", false), ("$a{b}.json", true), ("$(a)", true)])
    func devcontainerVariables(file: String, isWritten: Bool) throws {
        let document = { try ExportFixture.document(.devcontainer, "standard") { $0.seccompFile = file } }
        guard isWritten else {
            #expect(throws: ExportError.variable(file, .devcontainer)) { try document() }
            return
        }
        #expect(try document().text.contains("\"--security-opt=seccomp=\(file)\""))
    }

    @Test("Compose's variables are escaped in paths, and the user's own remain")
    func composeVariables() throws {
        let file = try #require(
            try Self.yaml(.compose, "standard") {
                $0.seccompFile = "./${HOME}$A.json"
                $0.project = "../$B"
            }.first)
        let service = file["services"]["opencode"]
        #expect(service["security_opt"].texts?.last == "seccomp=./$${HOME}$$A.json")
        #expect(service["volumes"].first(where: "target", is: "/workspace")["source"].text == "../$$B")
        #expect(service["environment"]["OPENCODE_GID"].text == "${OPENCODE_GID:-1000}")
    }

    @Test(
        "Kubernetes' variables are escaped in the health check's command",
        arguments: [("$(HOME)", "$$(HOME)"), ("a$$b", "a$$$$b"), ("$HOME ${A} $", "$HOME ${A} $")])
    func kubernetesVariables(word: String, written: String) throws {
        let pod = try #require(
            try Self.yaml(.kubernetes, "standard") {
                $0.health = HealthCheck(test: ["CMD", "/health", word], interval: 30_000_000_000, retries: 3)
            }.last)
        let probe = pod["spec"]["containers"][0]["livenessProbe"]
        #expect(probe["exec"]["command"].texts == ["/health", written])
    }

    @Test("A comment says what a container lacks without `run`", arguments: ExportForm.allCases)
    func lacks(form: ExportForm) throws {
        let comments = { (profile: String) in
            try ExportFixture.document(form, profile).text.split(separator: "\n")
                .filter { $0.hasPrefix("#") || $0.hasPrefix("//") }.joined(separator: " ")
        }
        let isolation = "the isolation of projects"
        for profile in ["standard", "strict"] {
            for part in ["the git guard", "the refusal of mounts", "the report at the end", "no ssh-agent proxy"] {
                #expect(try comments(profile).contains(part))
            }
        }
        #expect(try comments("standard").contains(isolation))
        #expect(try !comments("strict").contains(isolation))
    }

    @Test("A profile's name is no part of the document", arguments: ExportForm.allCases)
    func profileName(form: ExportForm) throws {
        let document = try ExportFixture.document(form, "standard") {
            $0.profile.name = "a\nb: c\u{2028}d"
        }
        #expect(document.text.split(separator: "\n").first?.hasSuffix("'a?b: c?d'.") == true)
    }
}
