// SPDX-License-Identifier: Apache-2.0

import Claims
import Glibc

// `Probe --euid` is the set-uid helper: it reports its effective UID. `Probe --list` lists the probes. `Probe
// --be-peer` is the peer container that probes look for, `Probe --keep FILE` writes its input to a new file, `Probe
// --ssh-server KEY` is the server for an ssh client. All other arguments are a `Setting`, and every probe runs once.
switch CommandLine.arguments.dropFirst().first {
case "--euid": exit(Int32(truncatingIfNeeded: geteuid() == 0 ? 100 : 101))
case "--list": for probe in ProbeCatalogue.all { Console.line(probe.id.name) }
case "--be-peer": Peer.live(CommandLine.arguments.dropFirst(2))
case "--keep": exit(Received.keep(CommandLine.arguments.dropFirst(2)))
case "--ssh-server": SSHServer.serve(hostKey: CommandLine.arguments.dropFirst(2).first ?? "")
default:
    guard let setting = Setting(CommandLine.arguments.dropFirst()) else {
        Console.line("usage: Probe [--scratch DIR] [--helper FILE] [--read-only PATH]... [--skip-tree PATH]...")
        exit(64)
    }
    _ = FileWalk.found
    for probe in ProbeCatalogue.all { Console.report(probe.id.name, Runner.run(probe, in: setting)) }
    if setting.waits {
        Console.line("waiting")
        while true { pause() }
    }
}
