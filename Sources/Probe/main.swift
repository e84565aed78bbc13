// SPDX-License-Identifier: Apache-2.0

import Glibc

// `Probe --euid` is the set-uid helper: it says who it became and nothing else.
// `Probe --list` names the probes. `Probe --be-peer` is the container that others look for, `Probe --keep FILE` puts
// what it reads into a new file, `Probe --ssh-server KEY` is the other side of an ssh client. Otherwise the rest of the
// arguments is a `Setting`, and every probe runs once.
switch CommandLine.arguments.dropFirst().first {
case "--euid": exit(Int32(truncatingIfNeeded: geteuid() == 0 ? 100 : 101))
case "--list": for probe in ProbeCatalogue.all { Console.line(probe.id) }
case "--be-peer": Peer.live(CommandLine.arguments.dropFirst(2))
case "--keep": exit(Received.keep(CommandLine.arguments.dropFirst(2)))
case "--ssh-server": SSHServer.serve(hostKey: CommandLine.arguments.dropFirst(2).first ?? "")
default:
    guard let setting = Setting(CommandLine.arguments.dropFirst()) else {
        Console.line("usage: Probe [--scratch DIR] [--helper FILE] [--read-only PATH]... [--skip-tree PATH]...")
        exit(64)
    }
    _ = FileWalk.found
    for probe in ProbeCatalogue.all { Console.report(probe.id, Runner.run(probe, in: setting)) }
    if setting.waits {
        Console.line("waiting")
        while true { pause() }
    }
}
