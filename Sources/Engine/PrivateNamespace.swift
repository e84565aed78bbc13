// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// A mount namespace that only this process and its children see: their mounts end with them, so nothing remains after
/// a kill. For an ordinary user it is also a user namespace, in which the user is root and owns the subordinate IDs of
/// `/etc/subuid` (user_namespaces(7)).
package enum PrivateNamespace {
    /// The environment variable that names the outer mount namespace.
    package static let marker = "OPENCODE_DOCKER_OUTER_NAMESPACE"

    /// Returns whether `reexecute` has already happened.
    ///
    /// - Parameter environment: The environment of this process.
    package static func isEntered(environment: [String: String]) -> Bool {
        guard let outer = environment[marker], let own = current() else { return false }
        return own != outer
    }

    /// Whether mounts of this process are invisible in the machine's own mount namespace.
    static var mountsArePrivate: Bool {
        guard getpid() != 1, let own = current() else { return true }
        return isPrivate(own: own, first: link("/proc/1/ns/mnt"))
    }

    /// Returns whether the mount namespace `own` is not the machine's.
    ///
    /// - Parameter first: The namespace of the machine's first process. Even root cannot read it when that process has
    ///   more capabilities (ptrace(2), "Ptrace access mode checking"). Then the inode number decides: the machine's own
    ///   namespace has a fixed one (`MNT_NS_INIT_INO`, linux/nsfs.h), or before Linux 6.18 one of the first two.
    package static func isPrivate(own: String, first: String?) -> Bool {
        if let first { return own != first }
        let number = UInt64(own.filter { $0.isASCII && $0.isNumber }) ?? 0
        return number > 0xF000_0001
    }

    /// Re-executes this program in a private namespace, unless that has happened; returns only inside one.
    ///
    /// - Parameters:
    ///   - arguments: The arguments of this program, including its name.
    ///   - environment: The environment of this program.
    /// - Throws: `EngineError` when the program could not be executed.
    package static func enter(arguments: [String], environment: [String: String]) throws {
        guard !isEntered(environment: environment) else { return }
        try reexecute(arguments: arguments, environment: environment)
    }

    /// Re-executes this program in a new namespace, through unshare(1) of util-linux.
    ///
    /// - Parameters:
    ///   - arguments: The arguments of this program, including its name.
    ///   - environment: The environment of this program.
    ///   - userID: The effective UID (geteuid(2)); a user namespace is created unless it is 0.
    /// - Throws: `EngineError` when the program could not be executed.
    package static func reexecute(
        arguments: [String], environment: [String: String], userID: UInt32 = geteuid()
    ) throws -> Never {
        guard let program = link("/proc/self/exe"), let outer = current() else {
            throw FileError("read", "/proc/self", Errno(rawValue: errno))
        }
        try SubordinateIDs.check(userID: userID)
        let command = command(program: program, arguments: Array(arguments.dropFirst()), userID: userID)
        let variables = environment.merging([marker: outer]) { _, new in new }
        let failure = replace(by: command, environment: variables.map { "\($0)=\($1)" }.sorted())
        throw EngineError.missingTool("unshare", package: "util-linux", failure)
    }

    /// Re-executes this program in the namespaces that another program creates or enters, such as `podman unshare`.
    ///
    /// - Parameters:
    ///   - prefix: That program and its arguments.
    ///   - package: The Debian package of that program.
    /// - Throws: `EngineError` when the program could not be executed.
    package static func reexecute(
        through prefix: [String], package: String, arguments: [String], environment: [String: String]
    ) throws -> Never {
        guard let program = link("/proc/self/exe"), let outer = current() else {
            throw FileError("read", "/proc/self", Errno(rawValue: errno))
        }
        let variables = environment.merging([marker: outer]) { _, new in new }
        let failure = replace(
            by: prefix + [program] + arguments.dropFirst(), environment: variables.map { "\($0)=\($1)" }.sorted())
        throw EngineError.missingTool(prefix[0], package: package, failure)
    }

    /// The command line that enters the namespace. `--map-auto` needs util-linux 2.38, which Debian 12 has.
    package static func command(program: String, arguments: [String], userID: UInt32) -> [String] {
        let user = userID == 0 ? [] : ["--user", "--map-auto", "--map-root-user"]
        return ["/usr/bin/unshare"] + user + ["--mount", "--propagation", "private", "--", program] + arguments
    }

    private static func replace(by command: [String], environment: [String]) -> Errno {
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        execve(command[0], &arguments, &variables)
        return Errno(rawValue: errno)
    }

    private static func current() -> String? { link("/proc/self/ns/mnt") }

    private static func link(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { room in
            room.baseAddress.map { readlink(path, $0, room.count) } ?? -1
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
