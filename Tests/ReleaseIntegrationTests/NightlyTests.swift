// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import ImageDefinition
import Lockfile
import Release
import SystemPackage
import Testing
import Trust

/// Fake archives with one lock.
private struct Archives: ArchiveLooking {
    let lock: VersionsLock

    func look(since previous: VersionsLock, progress: @escaping ProgressSink) async throws -> ArchiveLook {
        for (before, now) in zip(previous.archives, lock.archives) where now.date < before.date {
            throw DebianError.rolledBack(file: now.id, date: now.date, locked: before.date)
        }
        return ArchiveLook(archives: lock.archives, indices: Digest(of: lock.snapshot.utf8))
    }

    func resolve(from previous: VersionsLock, progress: @escaping ProgressSink) async throws -> VersionsLock { lock }
}

/// Nightly runs of a released project.
@Suite struct NightlyTests {
    private let fixture: Fixture

    init() throws { fixture = try Fixture() }

    private func archives(day: Int) throws -> Archives {
        let project = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let definition = try ImageDefinition.load(project.pushing("image/image.yaml"))
        return Archives(lock: try Fixture.lock(definition, day: day))
    }

    @Test("a night without updates publishes only a heartbeat; an update becomes a patch release and a heartbeat")
    func nights() async throws {
        try await fixture.found()
        let machine = try await fixture.machine("here")
        try await machine.release()
        let before = try await fixture.publicState()
        let quiet = try await night(machine, try archives(day: 1), now: 1_794_000_000)
        #expect(quiet.planned == nil && quiet.heartbeat != nil)
        let after = try await fixture.publicState()
        #expect(after.filter { !$0.hasPrefix("\(Heartbeat.tag) ") } == before)
        let update = try archives(day: 2)
        let busy = try await night(machine, update, now: 1_794_100_000)
        #expect(busy.newest.version == SemanticVersion(1, 0, 1))
        #expect(try await fixture.registry.digest(ofTag: Heartbeat.tag) == busy.heartbeat)
        #expect(busy.heartbeat != quiet.heartbeat)
        let again = try await night(machine, update, now: 1_794_200_000)
        #expect(again.planned == nil && again.newest == busy.newest)
    }

    @Test(
        "a fresh clone refuses an archive older than another machine's last check, and otherwise does nothing")
    func freshClone() async throws {
        try await fixture.found()
        let machine = try await fixture.machine("here")
        try await machine.release()
        let definition = try ImageDefinition.load(machine.clone.pushing("image/image.yaml"))
        // Signed again on the third and on the second day, with the packages of the first one.
        var (third, second) = (try Fixture.lock(definition, day: 1), try Fixture.lock(definition, day: 1))
        third.archives = try archives(day: 3).lock.archives
        second.archives = try archives(day: 2).lock.archives
        _ = try await night(machine, Archives(lock: third), now: 1_794_000_000)
        let before = try await fixture.publicState()
        let other = try await fixture.machine("there")
        await #expect(
            throws: DebianError.rolledBack(
                file: "bookworm", date: "2026-11-02T00:00:00Z", locked: "2026-11-03T00:00:00Z")
        ) {
            try await night(other, Archives(lock: second), now: 1_794_100_000)
        }
        #expect(try await fixture.publicState() == before)
        let quiet = try await night(other, Archives(lock: third), now: 1_794_200_000)
        guard case .unchanged(by: .releaseFiles, _) = quiet.answer else {
            Issue.record("it was resolved again")
            return
        }
    }

    @Test("a heartbeat without a trusted signature is ignored")
    func foreignHeartbeat() async throws {
        try await fixture.found()
        let machine = try await fixture.machine("here")
        guard case .released(let record, _) = try await machine.release() else { return }
        let later = try archives(day: 9).lock.archives
        _ = try await HeartbeatPublisher(repository: fixture.registry, key: .generate())
            .publish(record, ArchiveLook(archives: later, indices: Digest(of: [])), now: 1_794_000_000)
        let quiet = try await night(machine, try archives(day: 1), now: 1_794_100_000)
        #expect(quiet.planned == nil && quiet.heartbeat != nil)
    }

    @Test("a dry run changes nothing")
    func rehearsal() async throws {
        try await fixture.found()
        let machine = try await fixture.machine("here")
        try await machine.release()
        let before = try await fixture.publicState()
        let update = try archives(day: 2)
        let outcome = try await look(machine, update).run(Machine.request(.nightly)) { _ in }
        #expect(outcome.planned?.plan.version == SemanticVersion(1, 0, 1))
        #expect(try await fixture.publicState() == before)
        #expect(try await machine.shell("git status --porcelain") == "")
    }

    private func look(_ machine: Machine, _ archives: Archives) throws -> NightlyLook {
        let git = machine.git(Faults())
        return NightlyLook(
            preflight: Preflight(git: git, remote: "origin"),
            planner: ReleasePlanner(
                git: git, reporter: PlainReporter(), scratch: machine.directory.pushing("store/tmp")),
            archives: { _ in archives }, memory: JournalDirectory(machine.directory.appending("memory")),
            heartbeat: LastHeartbeat(
                repository: fixture.registry,
                trusted: TrustedRepository(name: Fixture.name, keys: [.init(key: fixture.key.publicKey)]),
                now: Machine.now))
    }

    private func nightly(_ machine: Machine, _ archives: Archives, now: Int64) throws -> NightlyRun {
        NightlyRun(
            run: try machine.releaseRun(), look: try look(machine, archives),
            heartbeats: HeartbeatPublisher(repository: fixture.registry, key: fixture.key), now: now)
    }

    private func night(_ machine: Machine, _ archives: Archives, now: Int64) async throws -> NightlyOutcome {
        try await nightly(machine, archives, now: now).run(Machine.request(.nightly)) { _ in }
    }
}
