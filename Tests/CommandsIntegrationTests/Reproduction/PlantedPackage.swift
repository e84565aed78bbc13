// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// A copy of the small image's lock with one package replaced by a modified copy of Debian's.
struct PlantedPackage {
    /// The lock with the planted package.
    let lock: FilePath
    /// A store with the downloads of that lock.
    let store: FilePath

    /// Unpacks `package` of the small image with dpkg-deb, runs `change` in the directory, packs it and locks it.
    static func plant(_ package: String, named name: String, change: String) async throws -> PlantedPackage {
        let original = try await SmallImage.shared.image().store
        let store = try await SmallImage.shared.coldStore("planted-\(name)")
        let lock = SmallImage.directory.appending("\(name).lock")
        let script = """
            set -eu; work=$(mktemp -d)
            old=$(sed -n 's/.*"name": "'"$PACKAGE"'".*"sha256": "\\([0-9a-f]*\\)".*/\\1/p' "$SMALL/versions.lock" | head -n 1)
            size=$(stat -c %s "$ORIGINAL/blobs/sha256/$old")
            dpkg-deb -R "$ORIGINAL/blobs/sha256/$old" "$work/tree"; cd "$work/tree"; mkdir -p DEBIAN
            sh -euc "$CHANGE"
            chmod -R u=rwX,go=rX DEBIAN; [ ! -e DEBIAN/postinst ] || chmod 755 DEBIAN/postinst
            SOURCE_DATE_EPOCH=1790000000 dpkg-deb --root-owner-group -Zxz -b . "$work/new.deb" > /dev/null
            new=$(sha256sum "$work/new.deb" | cut -d ' ' -f 1)
            mv "$work/new.deb" "$OPENCODE_DOCKER_STORE/blobs/sha256/$new"
            sed "/^  \\"selection\\"/d; s/$old\\(.*\\)\\"size\\": $size/$new\\1\\"size\\": $(stat -c %s "$OPENCODE_DOCKER_STORE/blobs/sha256/$new")/" \\
                "$SMALL/versions.lock" > "$LOCK"
            ! cmp -s "$SMALL/versions.lock" "$LOCK"; rm -r "$work"
            """
        try await Shell.must(
            script,
            environment: SmallImage.variables(store).merging([
                "PACKAGE": package, "ORIGINAL": original.string, "LOCK": lock.string, "CHANGE": change,
            ]) { $1 })
        return PlantedPackage(lock: lock, store: store)
    }

    /// Runs the program on the small definition with this lock and store.
    func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Ending {
        try await SmallImage.run(
            arguments, store: store,
            environment: environment.merging(["OPENCODE_DOCKER_LOCK": lock.string]) { $1 })
    }
}
