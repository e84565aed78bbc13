// SPDX-License-Identifier: Apache-2.0

import Core
import ImageDefinition
import Lockfile
import Release
import SystemPackage
import Testing
import Trust

/// Archives that answer with one lock.
private struct Archives: ArchiveLooking {
    let lock: VersionsLock

    func look(since previous: VersionsLock, progress: @escaping ProgressSink) async throws -> ArchiveLook {
        ArchiveLook(archives: lock.archives, indices: Digest(of: lock.snapshot.utf8))
    }

    func resolve(from previous: VersionsLock, progress: @escaping ProgressSink) async throws -> VersionsLock { lock }
}

/// Nights of a released project.
@Suite struct NightlyTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    private func archives(day: Int) throws -> Archives {
        let project = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let definition = try ImageDefinition.load(project.pushing("image/image.yaml"))
        return Archives(lock: try Workshop.lock(definition, day: day))
    }

    @Test("a quiet night publishes a heartbeat and nothing else; an update becomes a patch release and a heartbeat")
    func nights() async throws {
        try await workshop.found()
        let machine = try await workshop.machine("here")
        try await machine.release()
        let before = try await workshop.publicState()
        let quiet = try await night(machine, try archives(day: 1), now: 1_794_000_000)
        #expect(quiet.planned == nil && quiet.heartbeat != nil)
        let after = try await workshop.publicState()
        #expect(after.filter { !$0.hasPrefix("\(Heartbeat.tag) ") } == before)
        let update = try archives(day: 2)
        let busy = try await night(machine, update, now: 1_794_100_000)
        #expect(busy.newest.version == SemanticVersion(1, 0, 1))
        #expect(try await workshop.registry.digest(ofTag: Heartbeat.tag) == busy.heartbeat)
        #expect(busy.heartbeat != quiet.heartbeat)
        let again = try await night(machine, update, now: 1_794_200_000)
        #expect(again.planned == nil && again.newest == busy.newest)
    }

    @Test("a rehearsal changes nothing")
    func rehearsal() async throws {
        try await workshop.found()
        let machine = try await workshop.machine("here")
        try await machine.release()
        let before = try await workshop.publicState()
        let update = try archives(day: 2)
        let outcome = try await look(machine, update).run(Machine.request(.nightly)) { _ in }
        #expect(outcome.planned?.plan.version == SemanticVersion(1, 0, 1))
        #expect(try await workshop.publicState() == before)
        #expect(try await machine.shell("git status --porcelain") == "")
    }

    private func look(_ machine: Machine, _ archives: Archives) throws -> NightlyLook {
        let git = machine.git(Faults())
        return NightlyLook(
            preflight: Preflight(git: git, remote: "origin"),
            planner: ReleasePlanner(git: git, reporter: PlainReporter(), scratch: machine.folder.pushing("store/tmp")),
            archives: { _ in archives }, memory: JournalFolder(machine.folder.appending("memory")))
    }

    private func nightly(_ machine: Machine, _ archives: Archives, now: Int64) throws -> NightlyRound {
        NightlyRound(
            round: try machine.round(), look: try look(machine, archives),
            heartbeats: HeartbeatPublisher(repository: workshop.registry, key: workshop.key), now: now)
    }

    private func night(_ machine: Machine, _ archives: Archives, now: Int64) async throws -> NightlyOutcome {
        try await nightly(machine, archives, now: now).run(Machine.request(.nightly)) { _ in }
    }
}
