// SPDX-License-Identifier: Apache-2.0

/// Packages whose scripts write something else each time, where nothing sets it right afterwards: an image with them
/// has another digest in each build. What is a secret besides is warned of apart.
package enum UnrepeatableScripts {
    /// One of them.
    package struct Known: Hashable, Sendable {
        /// The package.
        package let package: String
        /// Where the files are.
        package let path: String
    }

    /// Those among packages of these names, in the order of the table.
    package static func among(_ names: some Sequence<String>) -> [Known] {
        let names = Set(names)
        return table.filter { names.contains($0.package) }
    }

    private static let table = [
        // The time of their making, and the order in which the file system lists.
        Known(package: "texlive-base", path: "/var/lib/texmf"),
        // The order in which the file system lists.
        Known(package: "ghc", path: "/var/lib/ghc/package.conf.d/package.cache"),
        // Numbers that are made anew for each compilation.
        Known(package: "libmono-corlib4.5-cil", path: "/usr/lib/mono/aot-cache"),
        Known(package: "mono-mcs", path: "/usr/lib/mono/aot-cache"),
        // Its first line says when it was written.
        Known(package: "octave", path: "/usr/share/octave/octave_packages"),
        // The times of files, and of keys in a ring.
        Known(package: "doc-base", path: "/var/lib/doc-base/info/files.yml"),
        Known(package: "rkhunter", path: "/var/lib/rkhunter"),
        Known(package: "spamassassin", path: "/var/lib/spamassassin/sa-update-keys"),
        // A number of the machine, and the time of the day at which it reports.
        Known(package: "popularity-contest", path: "/etc/popularity-contest.conf"),
        // The administrator's password, in a database of its own form.
        Known(package: "firebird3.0-server", path: "/var/lib/firebird/3.0/system/security3.fdb"),
        // Its first line says when it was written.
        Known(package: "mdadm", path: "/etc/mdadm/mdadm.conf"),
        Known(package: "fp-compiler-3.2.2", path: "/etc/fpc-3.2.2.cfg"),
        // Berkeley DB puts a random number into each file.
        Known(package: "postfix", path: "/etc/aliases.db"),
        // The parameters of a Diffie-Hellman exchange; the key and its certificate, too.
        Known(package: "freeradius-config", path: "/etc/freeradius/3.0/certs/dh"),
        Known(package: "courier-base", path: "/etc/courier/dhparams.pem"),
        Known(package: "ircd-hybrid", path: "/etc/ircd-hybrid/key"),
        // The minute at which its queue is run.
        Known(package: "sendmail-base", path: "/etc/cron.d/sendmail"),
        // A key with its certificate.
        Known(package: "ejabberd", path: "/etc/ejabberd/ejabberd.pem"),
        // The master key, and the database that it encrypts.
        Known(package: "heimdal-kdc", path: "/var/lib/heimdal-kdc"),
        // Passwords and keys of the applications themselves.
        Known(package: "bacula-common", path: "/etc/bacula/common_default_passwords"),
        Known(package: "phpmyadmin", path: "/var/lib/phpmyadmin/blowfish_secret.inc.php"),
        Known(package: "roundcube-core", path: "/etc/roundcube/config.inc.php"),
        Known(package: "mailman3", path: "/etc/mailman3/mailman.cfg"),
        Known(package: "simplesamlphp", path: "/var/lib/simplesamlphp/secrets.inc.php"),
    ]
}
