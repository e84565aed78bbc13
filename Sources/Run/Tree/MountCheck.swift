// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage

/// The first program of a container whose trees are mounted by path: it compares each mount with the launcher's open
/// handle, and starts nothing if one differs.
///
/// A launcher without permission to mount passes paths to the engine, and another container of the project can replace
/// a path's target before the engine resolves it. An open handle prevents its inode number from being reused
/// (inode(7)), and a mount keeps its root, so the device and inode of each mount, read from inside, identify what was
/// mounted. Each mount of the list must be at its own path, checked by its mount ID (proc(5), `mnt_id`): so none of
/// them is elsewhere.
package final class MountCheck: Sendable {
    /// The path of the program in the container.
    package static let target = "/run/opencode-mounts"

    private struct Expectation: Sendable {
        let target: String
        let identity: FileIdentity
        let readOnly: Bool
    }

    private let expectations: [Expectation]
    private let handles: [FileDescriptor]
    private let kernel: String

    /// Records everything in `trees` from the open handles, and holds it open.
    ///
    /// - Parameters:
    ///   - trees: The trees that are mounted by path.
    ///   - kernel: The kernel's `boot_id` (random(4)): an engine in a virtual machine has another one, and other
    ///     inodes.
    /// - Throws: `FileError` when a file was removed in the meantime.
    package init(_ trees: [GuardedTree], kernel: String) throws {
        var (expectations, handles): ([Expectation], [FileDescriptor]) = ([], [])
        do {
            for guarded in trees {
                let (identity, target) = (guarded.tree.identity, guarded.target)
                expectations.append(
                    Expectation(target: target.string, identity: identity, readOnly: guarded.isReadOnly))
                for path in guarded.paths {
                    let place = guarded.tree.place(path.path)
                    let handle = try mapErrno("open", place) { try guarded.tree.locate(path.path) }
                    handles.append(handle)
                    let status = try mapErrno("look at", place) { try ContainerTree.status(of: handle) }
                    guard FileKind(mode: status.st_mode) == path.kind else { throw RunError.changedMeanwhile(place) }
                    expectations.append(
                        Expectation(
                            target: target.pushing(path.path).string, identity: FileIdentity(status),
                            readOnly: path.isReadOnly))
                }
            }
        } catch {
            for handle in handles { try? handle.close() }
            throw error
        }
        (self.expectations, self.handles, self.kernel) = (expectations, handles, kernel)
    }

    deinit {
        for handle in handles { try? handle.close() }
    }

    /// The program, for bash(1): it compares as the user with these IDs, who can open the trees, and then executes its
    /// arguments.
    package func program(for user: ContainerUser) -> [UInt8] {
        let lines = expectations.map { item in
            let identity = "\(item.identity.device):\(item.identity.inode)"
            return "expect \(item.readOnly ? "ro" : "rw") \(identity) \(ShellWord.quote(item.target))\n"
        }
        let numbers = "--reuid=\(user.userID) --regid=\(user.groupID) --clear-groups"
        return Array(
            (Self.beginning + "kernel=\(ShellWord.quote(kernel))\nnumbers='\(numbers)'\n" + Self.functions
                + lines.joined() + "compare\n").utf8)
    }

    private static let beginning = """
        # Compares what is mounted with what the launcher holds, then becomes the container's own first program.
        set -u

        """

    private static let functions = #"""
        start() {
            if [ "$(< /proc/sys/kernel/random/boot_id)" = "$kernel" ]; then
                as=()
                [ "$EUID" -ne 0 ] || as=(setpriv $numbers)
                timeout --foreground --kill-after=1 20 ${as[@]+"${as[@]}"} bash "$BASH_SOURCE" --compare </dev/null
                status=$?
                [ "$status" -ne 75 ] || exit 75
                [ "$status" -eq 0 ] || refuse "its mounts cannot be compared with those of the launcher (status $status)"
            else
                echo 'opencode-docker: warning: the engine runs on another kernel: what it mounted is not compared.' >&2
            fi
            exec "$@"
        }
        refuse() {
            echo "opencode-docker: error: nothing was started: $1." >&2
            [ -z "${2-}" ] || echo "$2" >&2
            exit 75
        }
        [ "${1-}" = --compare ] || start "$@"
        export LC_ALL=C
        ulimit -n "$(ulimit -Hn)"
        unreadable() {
            [ ! -e "$1" ] || [ -r "$1" ] || refuse "${1@Q} cannot be read by the container's user, so its mount cannot be compared"
            exchanged "$1"
        }
        exchanged() {
            refuse "${1@Q} was exchanged while the container started" \
                'A container that still runs on the project does that: end it, then run this again.'
        }
        declare -A at options
        places=() wanted=() files=()
        # In one go: a file of /proc that is read by the line loses its place when a name on the way changes.
        mapfile -t mounts < /proc/self/mountinfo
        for line in "${mounts[@]}"; do
            read -r id _ _ _ place flags _ <<< "$line"
            printf -v "at[$id]" %b "${place//\\/\\0}"
            options[$id]=$flags
        done
        expect() {
            { exec {file}< "$3"; } 2>/dev/null || unreadable "$3"
            mount=
            while read -r key value; do [ "$key" != mnt_id: ] || mount=$value; done < "/proc/self/fdinfo/$file"
            [ "${at[$mount]-}" = "$3" ] || exchanged "$3"
            [ "$1" = rw ] || [[ ${options[$mount]} = ro || ${options[$mount]} = ro,* ]] || exchanged "$3"
            places+=("$3") wanted+=("$2") files+=("/proc/self/fd/$file")
        }
        compare() {
            mapfile -t found < <(stat --dereference --format=%d:%i "${files[@]}")
            for number in "${!places[@]}"; do
                [ "${found[number]-}" = "${wanted[number]}" ] || exchanged "${places[number]}"
            done
        }

        """#
}

extension ContainerPlan {
    /// The plan with the program `check` as its first one.
    package func checkingMounts(_ check: FilePath) -> ContainerPlan {
        var plan = self
        plan.mounts.append(BindMount(source: check, target: MountCheck.target, noExec: true))
        plan.arguments = ["/bin/bash", MountCheck.target] + arguments
        return plan
    }
}
