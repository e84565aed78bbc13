// SPDX-License-Identifier: Apache-2.0

import Testing

extension EndToEnd {
    /// The slow ones.
    @Suite(.serialized, .enabled(if: Oracle.isPossible))
    struct DpkgRulesTests {
        private static let sets = [
            PackageSet(packages: ["zutils"]), PackageSet(packages: ["vim", "vim-tiny"]),
            // update-initramfs is diverted by a link, which dpkg takes for initramfs-tools' file.
            PackageSet(packages: ["live-tools"], altered: "?M5??????   /usr/sbin/update-initramfs\n"),
            PackageSet(packages: ["perl", "perl-doc"]),
            PackageSet(
                packages: ["texlive-base"],
                differences: """
                    contents var/lib/texmf/*.fmt   has the time of its making
                    contents var/lib/texmf/*.base  has the time of its making
                    contents var/lib/texmf/*.log   has the time of its making
                    contents var/lib/texmf/ls-R    in the order in which the file system lists
                    """),
            PackageSet(
                packages: ["default-jdk-headless"],
                differences:
                    "contents etc/ssl/certs/java/cacerts  has the time of its making in Debian, and the lock's here"),
        ]

        @Test(arguments: sets) func theSameFilesAsMmdebstraps(set: PackageSet) async throws { try await set.check() }
    }
}
