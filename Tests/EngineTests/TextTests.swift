// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import OCI
import SystemPackage
import Testing

@Suite struct TextTests {
    @Test(arguments: [
        (["a\nb\n"], ["a", "b"]), (["a", "b\nc"], ["ab", "c"]), (["", "\n\n"], ["", ""]),
        (["123456789\nx"], ["1234", "x"]),
        ([], []),
    ])
    func linesAreCut(pieces: [String], lines: [String]) {
        var splitter = LineSplitter(limit: 4)
        var result = pieces.flatMap { splitter.add($0.utf8) }
        if let last = splitter.end() { result.append(last) }
        #expect(result == lines)
    }

    @Test(arguments: [
        ("", nil), (#"{"level":"warning","msg":"hm"}"#, nil),
        (#"{"level":"error","msg":"no such file."}"#, "no such file"),
        (#"{"msg":"crun says","time":"x"}"#, "crun says"), ("not json\n" + #"{"level":"fatal","msg":"b"}"#, "b"),
        (#"{"level":"error","msg":"first"}"# + "\n" + #"{"level":"error","msg":"last"}"# + "\n", "last"),
    ])
    func theLastComplaintCounts(log: String, reason: String?) {
        #expect(RuntimeLog.failure(in: Array(log.utf8)) == reason)
    }

    @Test(arguments: [(UInt32(0), 4), (1000, 7)])
    func theNamespaceIsEnteredThroughUnshare(userID: UInt32, options: Int) {
        let command = PrivateNamespace.command(program: "/bin/x", arguments: ["-a", "b c"], userID: userID)
        #expect(command.first == "/usr/bin/unshare" && command.suffix(4) == ["--", "/bin/x", "-a", "b c"])
        #expect(command.count == 4 + options && command.contains("--user") == (userID != 0))
    }

    @Test(arguments: [
        ("mnt:[4026532200]", "mnt:[4026531841]", true), ("mnt:[4026532200]", "mnt:[4026532200]", false),
        ("mnt:[4026532200]", nil, true), ("mnt:[4026531832]", nil, false), ("mnt:[4026531840]", nil, false),
        ("mnt:[4026531841]", nil, false), ("nonsense", nil, false),
    ])
    func theMachinesOwnNamespaceIsNotPrivate(own: String, first: String?, isPrivate: Bool) {
        #expect(PrivateNamespace.isPrivate(own: own, first: first) == isPrivate)
    }

    @Test func onlyAnotherNamespaceThanTheOuterOneCounts() {
        #expect(!PrivateNamespace.isEntered(environment: [:]))
        #expect(PrivateNamespace.isEntered(environment: [PrivateNamespace.marker: "mnt:[1]"]))
    }

    @Test(arguments: [
        EngineError.noRuntime(tried: []), .noRuntime(tried: ["a", "b"]), .notPrivate,
        .noSubordinateIDs(user: "u", file: "/etc/subuid"), .unusedSubordinateIDs(user: "u"),
        .overlayUnavailable(.noSuchFileOrDirectory), .layerCount(0),
        .invalidName(" "), .invalidSeccomp(profile: "p"), .limitsUnavailable, .terminalNotInherited,
        .tooManyProcesses(1),
        .runtimeFailed(runtime: "runc", reason: "r"), .endedEarly(name: "n", status: 1),
        .timedOut(process: "p", seconds: 1), .outputTooLarge(process: "p", limit: 1),
        .missingTool("unshare", package: "util-linux", .noSuchFileOrDirectory), .noUserNetwork,
        .networkFailed(helper: "pasta", reason: "r"), .noEmulation(.arm64),
        .emulatorOutOfReach(.arm64, interpreter: "/x"), .noProgram("n"), .unmountable("/a", "r", .podman),
        .unusableVariable("A"), .variableNotPassed("a.b", .podman), .notForEngine("to fly", .docker),
        .engineMissing(.docker), .engineMissing(.podman),
        .engineDown(.docker), .engineDown(.podman), .engineDenied(.docker), .engineFull(.podman),
        .engineTooOld(.docker, version: "19.3", needed: "20.10"), .engineElsewhere(.docker),
        .containersNotOwned(.docker), .engineFailed(.podman, "r"), .inputTruncated(.docker),
        .openFilesRefused(.podman),
    ])
    func everyErrorIsOneSentence(error: EngineError) {
        #expect(error.sentence.hasSuffix(".") && !error.sentence.contains("\n") && !error.sentence.hasSuffix(".."))
        #expect(error.hint.map { $0.hasSuffix(".") } ?? true)
        switch error {
        case .unusableVariable, .variableNotPassed: #expect(error.exitStatus == .usage)
        default: #expect(error.exitStatus == .broken)
        }
    }
}
