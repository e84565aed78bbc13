// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import Glibc
import Registry
import SystemPackage
import Testing
import Transport

@Suite("The shared layer cache")
struct LayerCacheTests {
    let stores: SharedStores
    let maker: Store
    let layer: CachedLayer

    init() throws {
        stores = try SharedStores()
        maker = try stores.store("maker")
        layer = try stores.layer("one", in: maker)
    }

    private func bring(into store: Store) async throws {
        try await stores.cache().fetch([SharedStores.wanted(layer)], into: store, progress: stores.progress)
    }

    private func push() async throws {
        try await stores.cache().push([layer], from: maker, progress: stores.progress)
    }

    private func isWhole(in store: Store) -> Bool {
        CachedLayer.cached(name: layer.name, key: layer.key, in: store) != nil
    }

    @Test("A fetched layer equals a built one")
    func hit() async throws {
        try await push()
        #expect(try await stores.repository.digest(ofTag: SharedStores.tag(layer)) != nil)
        let taker = try stores.store("taker")
        try await bring(into: taker)
        let made = try #require(CachedLayer.cached(name: layer.name, key: layer.key, in: maker))
        let fetched = try #require(CachedLayer.cached(name: layer.name, key: layer.key, in: taker))
        #expect(try LayerPacker(store: taker).pack(fetched) == LayerPacker(store: maker).pack(made))
        for path in ["etc", "etc/file", "etc/link"] {
            let ours = try Files.status(of: fetched.tree.pushing(FilePath(path)))
            let theirs = try Files.status(of: made.tree.pushing(FilePath(path)))
            #expect(ours.st_mode == theirs.st_mode && ours.st_mtim.tv_sec == theirs.st_mtim.tv_sec, "\(path)")
        }
        #expect(try Files.read(fetched.tree.pushing("etc/file"), limit: 9) == Array("one".utf8))
        #expect(stores.warnings.withLock { $0 } == [])
    }

    @Test("An empty cache causes no warning")
    func miss() async throws {
        let taker = try stores.store("taker")
        try await bring(into: taker)
        #expect(!isWhole(in: taker))
        #expect(stores.warnings.withLock { $0 } == [])
    }

    @Test("Every store pushes a layer with the same bytes, and only once")
    func repeated() async throws {
        try await push()
        let index = try Files.read(stores.directory.appending("index.json"), limit: 1 << 20)
        let second = try stores.store("second")
        let same = try stores.layer("one", in: second)
        try await stores.cache().push([same], from: second, progress: stores.progress)
        try await push()
        #expect(try Files.read(stores.directory.appending("index.json"), limit: 1 << 20) == index)
    }

    @Test("A corrupt layer causes one warning, is rebuilt, and is replaced in the cache", arguments: Lie.allCases)
    func lying(lie: Lie) async throws {
        try await push()
        let other = try stores.layer("other", in: maker)
        try await stores.cache().push([other], from: maker, progress: stores.progress)
        try await lie.tell(of: layer, other: other, in: stores)
        let taker = try stores.store("taker")
        let cache = stores.cache()
        let wanted = [SharedStores.wanted(layer), SharedStores.wanted(other)]
        try await cache.fetch(wanted, into: taker, progress: stores.progress)
        #expect(!isWhole(in: taker))
        #expect(
            CachedLayer.cached(name: other.name, key: other.key, in: taker) != nil, "the others are as good as before")
        #expect(stores.warnings.withLock { $0.count } == 1)
        let own = try stores.layer("one", in: taker)
        try await cache.push([own, other], from: taker, progress: stores.progress)
        let third = try stores.store("third")
        try await bring(into: third)
        #expect(isWhole(in: third))
        #expect(stores.warnings.withLock { $0.count } == 1, "\(stores.warnings.withLock { $0 })")
    }

    @Test("A record of other packages is refused")
    func otherPackages() async throws {
        try await push()
        let taker = try stores.store("taker")
        let wanted = WantedLayer(name: "one", key: layer.key, packages: ["openssl"])
        try await stores.cache().fetch([wanted], into: taker, progress: stores.progress)
        #expect(!isWhole(in: taker))
        #expect(stores.warnings.withLock { $0.count } == 1)
    }

    @Test("An unreachable cache causes one warning, and is not used again")
    func unreachable() async throws {
        let cache = stores.cache { _ in .unreachable("r.example", .interrupted("no route")) }
        for _ in 1...2 {
            try await cache.fetch([SharedStores.wanted(layer)], into: maker, progress: stores.progress)
            try await cache.push([layer], from: maker, progress: stores.progress)
        }
        #expect(stores.warnings.withLock { $0.count } == 1)
        #expect(!Files.exists(stores.directory))
    }

    @Test("Without write access layers are fetched, and one warning reports the failed push")
    func readOnly() async throws {
        try await push()
        let cache = stores.cache { access in
            access == .reading ? nil : .denied("r.example", "the repository", status: 403, "")
        }
        let taker = try stores.store("taker")
        try await cache.fetch([SharedStores.wanted(layer)], into: taker, progress: stores.progress)
        #expect(isWhole(in: taker))
        try await cache.push([layer], from: taker, progress: stores.progress)
        #expect(stores.warnings.withLock { $0 } == [])
        let own = try stores.layer("own", in: taker)
        try await cache.push([own], from: taker, progress: stores.progress)
        try await cache.push([own], from: taker, progress: stores.progress)
        #expect(stores.warnings.withLock { $0.count } == 1)
    }
}
