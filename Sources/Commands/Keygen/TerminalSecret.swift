// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// Reads a secret from the terminal without echo.
///
/// getpass(3) is not used, because it takes Ctrl-C as a character of the passphrase and cannot be cancelled.
enum TerminalSecret {
    /// The maximum number of bytes, the same as for a file.
    private static let limit = 4096

    /// Asks for a line; `nil` without a terminal, or after Ctrl-D.
    ///
    /// - Throws: `ExitStatusRequest` for Ctrl-C; `Errno`. The terminal's settings are restored.
    static func ask(_ prompt: String) throws -> [UInt8]? {
        let options: FileDescriptor.OpenOptions = .closeOnExec
        guard let terminal = try? FileDescriptor.open("/dev/tty", .readWrite, options: options) else { return nil }
        defer { try? terminal.close() }
        var settings = termios()
        guard tcgetattr(terminal.rawValue, &settings) == 0 else { return nil }
        var hidden = settings
        hidden.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        guard tcsetattr(terminal.rawValue, TCSAFLUSH, &hidden) == 0 else { return nil }
        defer {
            _ = tcsetattr(terminal.rawValue, TCSAFLUSH, &settings)
            _ = try? terminal.writeAll("\n".utf8)
        }
        try terminal.writeAll(prompt.utf8)
        return try line(from: terminal)
    }

    /// Reads a line and handles the editing keys.
    private static func line(from terminal: FileDescriptor) throws -> [UInt8]? {
        var typed: [UInt8] = []
        var byte: UInt8 = 0
        while typed.count < limit, try withUnsafeMutableBytes(of: &byte, { try terminal.read(into: $0) }) == 1 {
            switch byte {
            case Key.interrupt: throw ExitStatusRequest(status: .interrupted)
            case Key.end: return typed.isEmpty ? nil : typed
            case Key.newline, Key.enter: return typed
            case Key.kill: typed = []
            // Removes a whole UTF-8 character.
            case Key.backspace, Key.delete: while let last = typed.popLast(), last & 0xC0 == 0x80 {}
            default: typed.append(byte)
            }
        }
        return nil
    }

    /// The bytes that a terminal sends for keys.
    private enum Key {
        static let (interrupt, end, backspace, newline, enter, kill, delete) = (
            UInt8(0x03), UInt8(0x04), UInt8(0x08), UInt8(0x0A), UInt8(0x0D), UInt8(0x15), UInt8(0x7F)
        )
    }
}
