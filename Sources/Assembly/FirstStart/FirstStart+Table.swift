// SPDX-License-Identifier: Apache-2.0

extension FirstStart {
    /// The rules for Debian's packages. Each does what the package's `postinst` of Debian 12 does, as the user that
    /// owns the result. A certificate is handled together with its key.
    static let table: [Rule] = servers + identifiers + databases

    private static let servers: [Rule] = [
        Rule(
            package: "ssl-cert", kind: .privateKey,
            removed: ["/etc/ssl/private/ssl-cert-snakeoil.key", "/etc/ssl/certs/ssl-cert-snakeoil.pem"],
            remaking: Remaking(
                missing: "[ ! -e /etc/ssl/certs/ssl-cert-snakeoil.pem ]",
                make: "make-ssl-cert generate-default-snakeoil")),
        Rule(
            package: "openssh-server", kind: .privateKey, removed: ["/etc/ssh/ssh_host_*_key*"],
            remaking: Remaking(missing: "[ ! -e /etc/ssh/ssh_host_ed25519_key.pub ]", make: "ssh-keygen -A")),
        Rule(
            package: "dropbear", kind: .privateKey, removed: ["/etc/dropbear/dropbear_*_host_key"],
            remaking: Remaking(
                missing: "[ ! -e /etc/dropbear/dropbear_ed25519_host_key ]",
                make: """
                    for type in rsa ecdsa ed25519; do
                        dropbearkey -t "$type" -f "/etc/dropbear/dropbear_${type}_host_key"
                    done
                    """)),
        Rule(
            package: "bind9", kind: .privateKey, removed: ["/etc/bind/rndc.key"],
            remaking: Remaking(
                missing: "[ ! -e /etc/bind/rndc.key ]",
                make: """
                    rndc-confgen -a -c /etc/bind/rndc.key
                    chown bind:bind /etc/bind/rndc.key
                    chmod 640 /etc/bind/rndc.key
                    """)),
        Rule(
            package: "nsd", kind: .privateKey, removed: ["/etc/nsd/nsd_control.*", "/etc/nsd/nsd_server.*"],
            remaking: Remaking(missing: "[ ! -e /etc/nsd/nsd_control.pem ]", make: "nsd-control-setup")),
        Rule(
            package: "munge", kind: .privateKey, removed: ["/etc/munge/munge.key"],
            remaking: Remaking(
                missing: "! as munge test -e /etc/munge/munge.key", make: "as munge mungekey -c")),
        Rule(
            package: "xrdp", kind: .privateKey, removed: ["/etc/xrdp/rsakeys.ini"],
            remaking: Remaking(
                missing: "[ ! -e /etc/xrdp/rsakeys.ini ]",
                make: """
                    umask 077
                    xrdp-keygen xrdp auto
                    chown xrdp /etc/xrdp/rsakeys.ini
                    """)),
        Rule(
            package: "cfengine3", kind: .privateKey,
            removed: [
                "/var/lib/cfengine3/ppkeys/localhost.*", "/var/lib/cfengine3/randseed",
                "/var/lib/cfengine3/state/cf_state.lmdb*",
            ],
            remaking: Remaking(missing: "[ ! -e /var/lib/cfengine3/ppkeys/localhost.priv ]", make: "cf-key")),
        Rule(
            package: "varnish", kind: .password, removed: ["/etc/varnish/secret"],
            remaking: Remaking(
                missing: "[ ! -e /etc/varnish/secret ]",
                make: "(umask 077 && cat /proc/sys/kernel/random/uuid > /etc/varnish/secret)")),
        // Erlang creates it at the start of the server, as its owner.
        Rule(
            package: "rabbitmq-server", kind: .password, removed: ["/var/lib/rabbitmq/.erlang.cookie"], remaking: nil),
    ]

    private static let identifiers: [Rule] = [
        // The configure step empties it in every image, and a message bus does not start without it (machine-id(5)).
        Rule(
            package: "dbus-bin", kind: .identifier, removed: [],
            remaking: Remaking(
                missing: "[ ! -s /etc/machine-id ]",
                make: """
                    dbus-uuidgen > /etc/machine-id.new
                    chmod 444 /etc/machine-id.new
                    mv -f /etc/machine-id.new /etc/machine-id
                    """)),
        Rule(
            package: "nvme-cli", kind: .identifier, removed: ["/etc/nvme/hostnqn", "/etc/nvme/hostid"],
            remaking: Remaking(
                missing: "[ ! -e /etc/nvme/hostid ]",
                make: """
                    nvme gen-hostnqn > /etc/nvme/hostnqn
                    cat /proc/sys/kernel/random/uuid > /etc/nvme/hostid
                    """)),
        Rule(
            package: "open-iscsi", kind: .identifier, removed: ["/etc/iscsi/initiatorname.iscsi"],
            remaking: Remaking(
                missing: "[ ! -e /etc/iscsi/initiatorname.iscsi ]",
                make: """
                    umask 077
                    echo "InitiatorName=$(iscsi-iname -p iqn.1993-08.org.debian:01)" > /etc/iscsi/initiatorname.iscsi
                    """)),
    ]

    private static let databases: [Rule] = [
        // The configuration is kept: it is the same in every build.
        Rule(
            package: "postgresql-common", kind: .database, removed: ["/var/lib/postgresql/*/main/*"],
            remaking: Remaking(
                missing: """
                    for data in /var/lib/postgresql/*/main; do
                        [ ! -d "$data" ] || as postgres test -e "$data/PG_VERSION" || return 0
                    done
                    return 1
                    """,
                make: """
                    for data in /var/lib/postgresql/*/main; do
                        if as postgres test -e "$data/PG_VERSION"; then continue; fi
                        version=${data#/var/lib/postgresql/}
                        as postgres "/usr/lib/postgresql/${version%/main}/bin/initdb" --pgdata="$data" --auth-local=peer \\
                            --auth-host=scram-sha-256 --no-instructions
                        (cd / && as postgres rm "$data/postgresql.conf" "$data/pg_hba.conf" "$data/pg_ident.conf")
                    done
                    """)),
        // All files except the flag file that keeps older servers from using the data: it carries only its name.
        Rule(
            package: "mariadb-server", kind: .database, removed: ["/var/lib/mysql/[!d]*"],
            remaking: Remaking(
                missing: "[ ! -d /var/lib/mysql/mysql ]",
                make: """
                    as mysql mariadb-install-db --rpm --cross-bootstrap --disable-log-bin --skip-test-db \\
                        --auth-root-socket-user=mysql
                    """)),
        Rule(
            package: "slapd", kind: .database, removed: ["/etc/ldap/slapd.d/*", "/var/lib/ldap/*"],
            remaking: Remaking(
                missing: "[ ! -e /etc/ldap/slapd.d/cn=config.ldif ]",
                make: """
                    # As in Debian, nobody knows the administrator's password: root changes it through ldapi:///.
                    domain=$(echo GET slapd/domain | debconf-communicate slapd 2> /dev/null | sed -n 's/^0 //p')
                    domain=${domain:-nodomain}
                    base=dc=$(echo "$domain" | sed 's/^\\.//; s/\\.$//; s/\\./,dc=/g')
                    hash=$(slappasswd -s "$(head -c 15 /dev/urandom | base64)")
                    sed -e "s|@SUFFIX@|$base|g" -e "s|@PASSWORD@|$hash|g" /usr/share/slapd/slapd.init.ldif |
                        as openldap slapadd -F /etc/ldap/slapd.d -b cn=config
                    printf 'dn: %s\\nobjectClass: top\\nobjectClass: dcObject\\nobjectClass: organization\\no: %s\\ndc: %s\\n' \\
                        "$base" "$domain" "${domain%%.*}" | as openldap slapadd -F /etc/ldap/slapd.d -b "$base"
                    """)),
    ]
}
