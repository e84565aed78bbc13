// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// The compiler settings of every Swift target.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

/// Links Swift's runtime and Foundation statically, so that the program runs without an installed Swift. Objects that
/// were compiled against the shared Foundation do not record what the static one needs in addition.
let staticRuntime: [LinkerSetting] = [
    .unsafeFlags(["-static-stdlib"]),
    .linkedLibrary("CoreFoundation"), .linkedLibrary("_FoundationCollections"), .linkedLibrary("_FoundationCShims"),
    .linkedLibrary("_FoundationICU"),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// The directory in which `scripts/static-libraries` installs the compressors that determine an image's digest, under
/// names with their versions, which the module maps link.
let compressors: [LinkerSetting] = [.unsafeFlags(["-L\(Context.packageDirectory)/.build/static/lib"])]

/// A module. It may import the modules of `floor`, and no others (docs/architecture.md).
func module(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], linking: [LinkerSetting] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies + [system], exclude: exclude, swiftSettings: strict,
        linkerSettings: linking)
}

/// Code that test targets share: temporary directories, independent programs.
func testSupport(_ dependencies: [Target.Dependency]) -> Target {
    let name = "TestSupport"
    return .target(
        name: name, dependencies: dependencies + [system], path: "Tests/\(name)", swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies + [system],
        resources: [.copy("Fixtures")], swiftSettings: strict)
}

/// Tests of a module that need the network or root.
func integrationTests(of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)IntegrationTests", dependencies: [.target(name: name)] + dependencies + [system],
        exclude: exclude, swiftSettings: strict)
}

/// The fuzz targets, run by tests, or by libFuzzer in scripts/fuzz, which needs another kind of build.
func fuzzing(_ dependencies: [Target.Dependency]) -> Target {
    let (name, path) = ("fuzz", "Tests/FuzzTests")
    guard Context.environment["OPENCODE_DOCKER_FUZZ"] != nil else {
        return .testTarget(
            name: "FuzzTests", dependencies: dependencies, exclude: ["Corpus", "Driver"], swiftSettings: strict)
    }
    return .executableTarget(
        name: name, dependencies: dependencies, path: path, sources: ["Driver", "Targets"],
        swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
}

/// The gate's rules that read the sources, and so depend on no other target.
let houseTests = Target.testTarget(name: "HouseTests", swiftSettings: strict)

let package = Package(
    name: "opencode-docker",
    products: [
        .executable(name: "opencode-docker", targets: ["opencode-docker"]),
        .executable(name: "opencode-docker-probe", targets: ["Probe"]),
        .executable(name: "opencode-docker-forwarder", targets: ["Forwarder"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        // Ground floor: libraries in C, Crypto and Core.
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CDeflate"),
        .systemLibrary(name: "CZstd"),
        .target(name: "CLinux"),
        module("Crypto", ["CCrypto"], exclude: ["README.md"]),
        module("Core", ["Crypto", "CLinux"]),
        .target(name: "Claims", swiftSettings: strict),
        .target(name: "Tunnel", swiftSettings: strict),

        // First floor: one outside format or protocol each.
        module("Archive", ["CArchive", "CLinux", "Core"], exclude: ["README.md"]),
        module("Transport", ["CCurl", "Core"], exclude: ["README.md"]),
        module("Debian", ["Archive", "Transport", "Core"], exclude: ["README.md"]),
        module("OCI", ["Archive", "Core", "CDeflate", "CZstd"], exclude: ["README.md"], linking: compressors),
        module("Egress", ["Tunnel", "Core", "CLinux"], exclude: ["README.md"]),
        module("Engine", ["OCI", "Core", "CLinux"], exclude: ["README.md"]),
        module("Registry", ["Transport", "OCI", "Core"], exclude: ["README.md"]),
        module("Signing", ["OCI", "Core", "Crypto"], exclude: ["README.md"]),

        // Second floor: the files that determine an image.
        module("Lockfile", ["Debian", "OCI", "Core"]),
        module("ImageDefinition", ["Debian", "OCI", "Engine", "Core", "Claims", yams]),

        // Second floor, above them: the parts that context and build share.
        module("Assembly", ["Lockfile", "Debian", "Archive", "OCI", "Core", "Crypto"]),

        // Second floor, above them: attestations, trust, and the differences between two locks.
        module("Attestation", ["Lockfile", "Debian", "OCI", "Signing", "Core"]),
        module("Trust", ["Registry", "Signing", "OCI", "Core"]),
        module("Changes", ["Lockfile", "ImageDefinition", "Debian", "Archive", "Engine", "OCI", "Core"]),

        // Third floor: the stages. They never import each other.
        module("Resolve", ["Lockfile", "Debian", "Archive", "Transport", "Core"]),
        module(
            "Context", ["Assembly", "Lockfile", "ImageDefinition", "Debian", "Archive", "OCI", "Transport", "Core"]),
        module("Build", ["Assembly", "Archive", "OCI", "Engine", "Core"]),
        module("Verify", ["Engine", "Core", "Claims", "CLinux"]),
        module(
            "Release",
            [
                "Changes", "Trust", "Attestation", "Lockfile", "ImageDefinition", "Debian", "Registry", "Signing",
                "OCI",
                "Core",
            ]),
        module("Run", ["Egress", "Engine", "OCI", "Core", "CLinux"]),
        module("Export", ["Engine", "OCI", "Core"], exclude: ["README.md"]),

        // Fourth floor: use cases that combine stages.
        module(
            "ImageBuilding",
            [
                "Resolve", "Context", "Build", "Attestation", "Assembly", "Lockfile", "ImageDefinition", "Debian",
                "Registry", "Engine", "Archive", "Transport", "OCI", "Core",
            ], exclude: ["README.md"]),
        module(
            "ImageComparison",
            [
                "ImageBuilding", "Context", "Build", "Changes", "Assembly", "Lockfile", "ImageDefinition", "Debian",
                "Archive", "Transport", "OCI", "Core",
            ], exclude: ["README.md"]),
        module(
            "ClaimVerification",
            [
                "ImageBuilding", "Verify", "Build", "ImageDefinition", "Debian", "Engine", "OCI", "Core",
            ], exclude: ["README.md"]),
        module(
            "Releasing",
            [
                "ClaimVerification", "ImageComparison", "ImageBuilding", "Resolve", "Verify", "Release", "Changes",
                "Trust", "Attestation", "Lockfile", "ImageDefinition", "Debian", "Registry", "Signing", "OCI", "Core",
            ], exclude: ["README.md"]),
        module(
            "Launching",
            [
                "Run", "Build", "Trust", "ImageDefinition", "Debian", "Registry", "Egress", "Engine", "OCI", "Core",
            ], exclude: ["README.md"]),
        module("StoreMaintenance", ["Build", "Assembly", "OCI", "Core"], exclude: ["README.md"]),

        // Beside the floors: the static program that `verify` runs inside the container, so that images without any
        // tool can be verified.
        .target(name: "CProbe"),
        .executableTarget(
            name: "Probe", dependencies: ["CProbe", "Claims"], swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-static-executable", "-Xlinker", "-s"])]),

        // The static program that connects a container's loopback interface with the proxy of `--network allow`.
        .executableTarget(
            name: "Forwarder", dependencies: ["CLinux", "Tunnel"], swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-static-executable", "-Xlinker", "-s"])]),

        // Top.
        module(
            "Commands",
            [
                "StoreMaintenance", "Launching", "Releasing", "ClaimVerification", "ImageComparison", "ImageBuilding",
                "Resolve", "Context", "Build", "Verify", "Release", "Run", "Export", "Changes", "Trust", "Attestation",
                "Assembly", "Lockfile", "ImageDefinition", "Debian", "OCI", "Registry", "Signing", "Egress", "Engine",
                "Transport", "Core", argumentParser,
            ]),
        .executableTarget(
            name: "opencode-docker", dependencies: ["Commands"], swiftSettings: strict, linkerSettings: staticRuntime),

        // Unit tests, a target for each module: neither network nor root.
        testSupport(["CLinux", "Core"]),
        .testTarget(
            name: "CryptoTests", dependencies: ["CCrypto", "Crypto", "Core", "TestSupport", system],
            swiftSettings: strict),
        tests(of: "Core", ["TestSupport"]),
        tests(of: "Archive", ["Core", "TestSupport"]),
        tests(of: "Transport", ["Core"]),
        tests(of: "Debian", ["Archive", "Core", "TestSupport"]),
        tests(of: "OCI", ["Archive", "Core", "TestSupport"]),
        tests(of: "Egress", ["CLinux", "Core", "TestSupport", "Tunnel"]),
        tests(of: "Engine", ["OCI", "Core", "TestSupport"]),
        tests(of: "Registry", ["OCI", "Core", "TestSupport", "Transport"]),
        tests(of: "Signing", ["OCI", "Core"]),
        tests(of: "Attestation", ["Lockfile", "Debian", "OCI", "Signing", "Core"]),
        tests(of: "Trust", ["Registry", "Signing", "OCI", "Core"]),
        tests(of: "ImageDefinition", ["Claims", "Engine", "OCI", "Core", "TestSupport"]),
        tests(of: "Assembly", ["Archive", "Core", "Debian", "Lockfile", "OCI", "TestSupport"]),
        tests(of: "Build", ["Archive", "Core", "OCI", "TestSupport"]),
        tests(of: "Lockfile", ["Debian", "Core"]),
        tests(of: "Changes", ["Archive", "Core", "Debian", "Engine", "ImageDefinition", "Lockfile"]),
        tests(of: "Resolve", ["Lockfile", "Debian", "Archive", "Transport", "Core", "TestSupport"]),
        tests(of: "Verify", ["Claims", "Engine", "ImageDefinition", "Core", yams]),
        tests(of: "Run", ["CLinux", "Egress", "Engine", "OCI", "Core", "TestSupport"]),
        .testTarget(
            name: "ExportTests", dependencies: ["Export", "Engine", "ImageDefinition", "OCI", "Core", yams, system],
            swiftSettings: strict),
        tests(of: "Release", ["Debian", "Lockfile", "Core"]),
        tests(
            of: "Commands",
            [
                "Archive", "Assembly", "Build", "ClaimVerification", "Context", "Core", "Debian", "Egress", "Engine",
                "Export",
                "ImageBuilding", "ImageComparison", "ImageDefinition", "Launching", "Lockfile", "OCI", "Registry",
                "Release", "Resolve", "Run", "Signing", "StoreMaintenance", "Transport", "Trust", "Verify",
                argumentParser,
            ]),

        // The gate's rules that need more than a pattern. Reads the sources, so it depends on none of them.
        houseTests,

        // Parsers under arbitrary bytes: tests that take seconds, or a libFuzzer program (scripts/fuzz).
        fuzzing([
            "Archive", "Changes", "Crypto", "Debian", "Egress", "Engine", "ImageDefinition", "Lockfile", "OCI",
            "Registry",
            "Release",
            "Run", "Signing", "Trust", "Verify", "Core", system,
        ]),

        // Tests that need the network or root.
        integrationTests(
            of: "Commands", ["Core", "OCI", "Registry", "Signing", "TestSupport", "Transport", "Trust"],
            exclude: ["Fixtures"]),
        integrationTests(of: "Debian", ["Core"]),
        integrationTests(of: "Changes", ["Archive", "Core", "Debian", "Lockfile", "Resolve", "Transport"]),
        integrationTests(of: "OCI", ["Core"]),
        integrationTests(
            of: "Registry", ["OCI", "Core", "TestSupport", "Transport"],
            exclude: ["registry.py", "state.py", "uploads.py"]),
        integrationTests(of: "Engine", ["Core", "CLinux"]),
        integrationTests(of: "Run", ["CLinux", "Core", "TestSupport"]),
        integrationTests(
            of: "Release",
            [
                "Changes", "Debian", "ImageDefinition", "Lockfile", "OCI", "Registry", "Signing", "Trust", "Core",
                "TestSupport", "Transport",
            ], exclude: ["registry.py"]),
        integrationTests(
            of: "Resolve", ["Lockfile", "Debian", "Transport", "Core", "TestSupport"], exclude: ["make-repository"]),
        integrationTests(of: "Verify", ["Claims", "Engine", "ImageDefinition", "Core"]),
    ]
)

// For `make house`: these rules alone, without a compile of what they read.
if Context.environment["OPENCODE_DOCKER_HOUSE"] != nil {
    (package.products, package.dependencies, package.targets) = ([], [], [houseTests])
}
