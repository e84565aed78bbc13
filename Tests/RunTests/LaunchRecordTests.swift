// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import Run
import SystemPackage
import Testing

@Suite("Killed launchers")
struct LaunchRecordTests {
    private let place = EnginePlace(.docker, variables: ["DOCKER_HOST": "unix:///a"])
    private let held: FileIdentity
    private let other: FileIdentity

    init() throws {
        held = FileIdentity(try Files.status(of: "/"))
        other = FileIdentity(try Files.status(of: "/proc"))
    }

    /// The record after its launcher was killed: no process holds the file.
    private func kill(_ directory: FilePath, _ boot: String) throws {
        _ = try LaunchRecord(at: place, repositories: [held], boot: boot, in: directory)
    }

    @Test("The record of a killed launcher is found, a held one is not")
    func killed() throws {
        try Fixture.directory { directory in
            let own = try LaunchRecord(at: place, repositories: [held], boot: "b", in: directory)
            #expect(LaunchRecord.killed(in: directory).isEmpty)
            try kill(directory, "b")
            let found = LaunchRecord.killed(in: directory)
            #expect(found.map(\.place) == [place])
            found.first?.remove()
            #expect(LaunchRecord.killed(in: directory).isEmpty)
            #expect(try Files.list(directory).count == 1)
            own.remove()
            #expect(try Files.list(directory).isEmpty)
        }
    }

    @Test("Its container may use its repositories until a reboot")
    func repositories() throws {
        try Fixture.directory { directory in
            try kill(directory, "b")
            let launch = try #require(LaunchRecord.killed(in: directory).first)
            #expect(launch.mayHold(held, boot: "b"))
            #expect(!launch.mayHold(other, boot: "b"))
            #expect(!launch.mayHold(held, boot: "c") && !launch.mayRun(boot: "c"))
        }
    }

    @Test("All state directories of a user share one private directory for records", .enabled(if: geteuid() == 0))
    func directory() throws {
        try Fixture.directory { directory in
            chmod(directory.string, 0o700)
            let records = try #require(LaunchRecord.directory(of: 0, places: [directory]))
            #expect(try Files.status(of: records).st_mode & 0o777 == 0o700)
            try kill(records, "b")
            let other = try #require(LaunchRecord.directory(of: 0, places: [directory]))
            #expect(LaunchRecord.killed(in: other).first?.mayHold(held, boot: "b") == true)
            chown(records.string, 4321, 4321)
            #expect(LaunchRecord.directory(of: 0, places: [directory]) == nil, "another user took the name")
            #expect(LaunchRecord.directory(of: 0, places: ["/nonexistent"]) == nil)
        }
    }

    @Test("An unreadable record may concern every repository", arguments: ["", "{", "null"])
    func unreadable(text: String) throws {
        try Fixture.directory { directory in
            try Files.write(Array(text.utf8), to: directory.appending("podman-1"))
            let launch = try #require(LaunchRecord.killed(in: directory).first)
            #expect(launch.place.engine == .podman && launch.mayHold(other, boot: "c"))
        }
    }
}

@Suite("Runs killed before their report")
struct RunRecordTests {
    @Test("The record of a killed run is found by one other launcher")
    func killed() throws {
        try Fixture.directory { directory in
            let state = StateDirectory(path: directory)
            let start = Moment(before: 5_000_000_000)
            let project = FileIdentity(try Files.status(of: "/"))
            let running = try RunRecord(
                since: Moment(before: 9_000_000_000), written: ["/p"], of: project, in: state)
            #expect(RunRecord.killed(in: state).isEmpty)
            _ = try RunRecord(since: start, written: ["/p", "/q r"], of: project, in: state)
            let found = RunRecord.killed(in: state)
            #expect(found.map(\.start) == [start] && found.first?.written == ["/p", "/q r"])
            #expect(RunRecord.killed(in: state).isEmpty, "while one reports, nobody else does")
            for run in found { run.remove() }
            #expect(RunRecord.killed(in: state).isEmpty)
            running.remove()
            #expect(try Files.list(directory).isEmpty)
        }
    }

    @Test("A record is found by a start of the project with another state, and after the state's removal")
    func otherState() throws {
        try Fixture.directory { directory in
            let (a, b) = (
                StateDirectory(path: directory.appending("a")), StateDirectory(path: directory.appending("b"))
            )
            let records = directory.appending("records")
            for place in [a.path, b.path, records] { try Files.makeDirectories(place) }
            let project = FileIdentity(try Files.status(of: "/"))
            let other = FileIdentity(try Files.status(of: "/proc"))
            let start = Moment(before: 5_000_000_000)
            let run = try RunRecord(since: start, written: ["/p"], of: project, in: a, records: records)
            #expect(RunRecord.killed(in: b, of: project, records: records).isEmpty, "it runs")
            run.remove()
            #expect(try Files.list(a.path).isEmpty && Files.list(records).isEmpty)
            _ = try RunRecord(since: start, written: ["/p"], of: project, in: a, records: records)
            #expect(RunRecord.killed(in: b, of: other, records: records).isEmpty)
            let found = RunRecord.killed(in: b, of: project, records: records)
            #expect(found.map(\.start) == [start] && found.first?.written == ["/p"])
            for run in found { run.remove() }
            #expect(RunRecord.killed(in: a, of: project, records: records).count == 1, "its own state still has it")
        }
    }
}
