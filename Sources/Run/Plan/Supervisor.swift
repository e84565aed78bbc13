// SPDX-License-Identifier: Apache-2.0

import Engine
import SystemPackage

/// The parent of the container's program on a terminal: when the program stops itself, the supervisor tells the launcher
/// (`Suspension`), which stops the caller's job, and continues the program when the job goes on.
///
/// A program that stops itself waits for a shell, and in a container nobody waits: tini(1), process 1, does not notice.
/// The supervisor is a file of the launcher's, not of the image: so it works with images of other versions, and no
/// image's digest depends on it. It is written in Perl, which is part of Debian's essential packages, so it runs on every
/// architecture; an image without Perl starts its program directly.
package enum Supervisor {
    /// The directory in the container with the program and the launcher's socket.
    package static let target = "/run/opencode-terminal"
    /// The name of the socket.
    package static let socketName = "job"
    /// The name of the program's file.
    package static let programName = "supervise"

    /// The words before the command of a container.
    static let words = [
        "/bin/sh", "-c", #"[ -x /usr/bin/perl ] || exec "$@"; exec /usr/bin/perl \#(target)/\#(programName) "$@""#,
        "sh",
    ]

    /// The program.
    package static let program = #"""
        # Runs a program on this terminal, and has the launcher's job stopped when the program stops itself.
        use strict;
        use warnings;
        use POSIX qw(:signal_h :sys_wait_h :termios_h :unistd_h);
        use Socket;

        my ($child, $line, $stopped) = (0, undef, 0);
        my @passed = qw(HUP INT QUIT TERM USR1 USR2 ALRM CONT);
        my %ending = map { $_ => 1 } qw(HUP INT QUIT TERM);

        # pass NAME: to the program; one that is stopped is continued by a signal that ends it.
        sub pass {
            my ($name) = @_;
            return if $name eq 'CONT' && $stopped;
            kill $name => $child;
            return unless $stopped && $ending{$name};
            $stopped = 0;
            proceed();
        }

        sub proceed { kill(CONT => -$child) || kill CONT => $child }

        # ask: a connection to the launcher, or nothing where there is none.
        sub ask {
            socket(my $socket, PF_UNIX, SOCK_STREAM, 0) or return;
            connect($socket, pack_sockaddr_un('/run/opencode-terminal/job')) or return;
            return $socket;
        }

        # ended PID: whether waitpid(2) reported the end of the program; otherwise it was stopped or continued.
        sub ended { return $_[0] == $child && !-d "/proc/$child" }

        # await: until the launcher answers, or the program goes on or ends by other means.
        sub await {
            my $bits = '';
            vec($bits, fileno $line, 1) = 1;
            while ($stopped) {
                if (select(my $found = $bits, undef, undef, 0.5) > 0) {
                    my $count = sysread $line, my $answer, 1;
                    # The line of a program that is to end stays open until it has ended.
                    return pass('TERM') if $count && $answer eq 't';
                    return pass('HUP') if $count && $answer eq 'h';
                    last;
                }
                my $pid = waitpid $child, WNOHANG | 8;    # 8: WCONTINUED
                finish() if ended($pid);
                last if $pid == $child;
            }
            undef $line;
        }

        # suspend: the job, until it goes on.
        sub suspend {
            my $settings = POSIX::Termios->new;
            my $known = defined $settings->getattr(0);
            ($stopped, $line) = (1, ask());
            await() if $line;
            return unless $stopped;
            $settings->setattr(0, TCSANOW) if $known;
            $stopped = 0;
            proceed();
        }

        # finish: as the program ended.
        sub finish { exit +($? & 127 ? 128 + ($? & 127) : $? >> 8) }

        my ($all, $before) = (POSIX::SigSet->new, POSIX::SigSet->new);
        $all->fillset;
        sigprocmask(SIG_BLOCK, $all, $before);
        $SIG{$_} = 'IGNORE' for qw(TSTP TTIN TTOU PIPE);
        $child = fork // die "opencode-docker: cannot start a process: $!\n";
        if (!$child) {
            setpgid(0, 0);
            tcsetpgrp(0, $$);
            $SIG{$_} = 'DEFAULT' for qw(TSTP TTIN TTOU PIPE);
            sigprocmask(SIG_SETMASK, $before);
            no warnings 'exec';
            exec { $ARGV[0] } @ARGV or my $error = $! + 0;
            print STDERR "opencode-docker: cannot run '$ARGV[0]': ", POSIX::strerror($error), "\n";
            exit +($error == POSIX::ENOENT ? 127 : 126);
        }
        setpgid($child, $child);
        for my $name (@passed) { $SIG{$name} = sub { pass($name) } }
        sigprocmask(SIG_SETMASK, $before);
        while (1) {
            my $pid = waitpid $child, WUNTRACED;
            next if $pid == -1 && $!{EINTR};
            finish() if $pid == -1 || ended($pid);
            if (tcgetpgrp(0) == getpgrp $child) {
                suspend();
            } else {
                # It wants the terminal, which another group holds.
                tcsetpgrp(0, getpgrp $child);
                proceed();
            }
        }

        """#
}

extension ContainerPlan {
    /// The plan with the supervisor in front of its command, which begins after so many words of the entrypoint.
    ///
    /// - Parameter directory: The directory with the supervisor's program and the launcher's socket.
    package func supervised(after count: Int, directory: FilePath) -> ContainerPlan {
        guard arguments.count > count else { return self }
        var plan = self
        plan.mounts.append(BindMount(source: directory, target: Supervisor.target, noExec: true))
        plan.arguments.insert(contentsOf: Supervisor.words, at: count)
        return plan
    }
}
