// SPDX-License-Identifier: Apache-2.0

import Glibc

// `Forwarder serve PORT SOCKET COMMAND [ARGUMENT]...` serves 127.0.0.1:PORT in the background and becomes the command;
// `Forwarder connect SOCKET HOST PORT` connects its standard streams, as ssh's ProxyCommand does.
let words = Array(CommandLine.arguments.dropFirst())
switch words.first {
case "serve" where words.count > 3:
    guard let port = UInt16(words[1]) else { Failure.end("'\(words[1])' is not a port", status: 64) }
    LoopbackServer.start(port: port, socket: words[2])
    Command.become(Array(words[3...]))
case "connect" where words.count == 4:
    StandardStreams.connect(to: words[1], host: words[2], port: words[3])
default:
    Failure.end("usage: opencode-docker-forwarder serve PORT SOCKET COMMAND... | connect SOCKET HOST PORT", status: 64)
}
