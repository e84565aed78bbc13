// SPDX-License-Identifier: Apache-2.0

/// Packages whose scripts write different files in each build: an image with them has no reproducible digest. Files
/// that are also secrets have a warning of their own.
package enum UnrepeatableScripts {
    /// A package with unrepeatable files.
    package struct Known: Hashable, Sendable {
        /// The package.
        package let package: String
        /// The path of the files.
        package let path: String
    }

    /// The known packages among `names`, in the order of the table.
    package static func among(_ names: some Sequence<String>) -> [Known] {
        let names = Set(names)
        return table.filter { names.contains($0.package) }
    }

    private static let table = [
        // The time of generation, and the order of directory listings.
        Known(package: "texlive-base", path: "/var/lib/texmf"),
        // The order of directory listings.
        Known(package: "ghc", path: "/var/lib/ghc/package.conf.d/package.cache"),
        // Identifiers that are generated at each compilation.
        Known(package: "libmono-corlib4.5-cil", path: "/usr/lib/mono/aot-cache"),
        Known(package: "mono-mcs", path: "/usr/lib/mono/aot-cache"),
        // The first line contains the time of writing.
        Known(package: "octave", path: "/usr/share/octave/octave_packages"),
        // The times of files, and of keys in a key ring.
        Known(package: "doc-base", path: "/var/lib/doc-base/info/files.yml"),
        Known(package: "rkhunter", path: "/var/lib/rkhunter"),
        Known(package: "spamassassin", path: "/var/lib/spamassassin/sa-update-keys"),
        // An identifier of the machine, and its time of day for reports.
        Known(package: "popularity-contest", path: "/etc/popularity-contest.conf"),
        // The administrator's password, in a database of its own format.
        Known(package: "firebird3.0-server", path: "/var/lib/firebird/3.0/system/security3.fdb"),
        // The first line contains the time of writing.
        Known(package: "mdadm", path: "/etc/mdadm/mdadm.conf"),
        Known(package: "fp-compiler-3.2.2", path: "/etc/fpc-3.2.2.cfg"),
        // Berkeley DB writes a random number into each file.
        Known(package: "postfix", path: "/etc/aliases.db"),
        // Diffie-Hellman parameters; also the key and its certificate.
        Known(package: "freeradius-config", path: "/etc/freeradius/3.0/certs/dh"),
        Known(package: "courier-base", path: "/etc/courier/dhparams.pem"),
        Known(package: "ircd-hybrid", path: "/etc/ircd-hybrid/key"),
        // The minute at which the queue is run.
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
