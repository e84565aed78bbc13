// SPDX-License-Identifier: Apache-2.0

import ClaimVerification
import Export
import ImageBuilding
import ImageComparison
import Launching
import StoreMaintenance
import Transport

/// The errors of the modules that combine stages.
let workflowErrors: [Reviewed] = [
    Reviewed(ImageBuildingError.missingLock("versions.lock")), Reviewed(ImageBuildingError.fullOutput("image")),
    Reviewed(ImageBuildingError.staleLock("versions.lock"), .no),
    Reviewed(ImageBuildingError.incompleteLock("versions.lock", reason: "its archives are not those of trixie"), .no),
    Reviewed(ImageBuildingError.unknownArtifact("a", ["node"]), .usage, withoutHint: Alone.saysItself),
    Reviewed(ImageBuildingError.unknownArtifact("a", []), .usage, withoutHint: Alone.saysItself),
    Reviewed(ImageBuildingError.unknownProgram("a", ["node"]), .usage),
    Reviewed(ImageBuildingError.unknownProgram(nil, []), .usage),
    Reviewed(ImageBuildingError.unknownProgramDigest("a", ["linux/amd64"]), .usage, withoutHint: Alone.saysItself),
    Reviewed(
        ImageBuildingError.unreachableRelease(
            .unavailable([FailedDownload(name: "release", failures: [])]), ["linux/amd64"]),
        .tryAgain),
    Reviewed(ImageBuildingError.outputOfEngine("oci:a", "docker"), .usage),
    Reviewed(ImageBuildingError.severalPlatforms("`run`"), .usage),
    Reviewed(ImageBuildingError.missingImageDirectory("image"), .usage),
    Reviewed(ImageComparisonError.noPackageDatabase("a"), withoutHint: Alone.theirs),
    Reviewed(ClaimVerificationError.imageOfEngine("oci:a", "docker"), .usage),
    Reviewed(ClaimVerificationError.missingProbe(["/a", "/b"])),
    Reviewed(LaunchError.cannotBeCaller("rootless Docker")),
    Reviewed(LaunchError.projectElsewhere("docker", "ssh://build.example")),
    Reviewed(LaunchError.otherImage("opencode-docker:1.0.0", "docker", "/usr/local/share/opencode-docker/image")),
    Reviewed(LaunchError.customImage("own:1")), Reviewed(LaunchError.unknownImage("own:1", "podman")),
    Reviewed(LaunchError.noForwarder(["/usr/local/bin/opencode-docker-forwarder"])),
    Reviewed(LaunchError.networkOfSELinux),
    Reviewed(LaunchError.foreignImage("oci:dir", entrypoint: "/usr/local/libexec/opencode-docker/entrypoint")),
    Reviewed(StoreMaintenanceError.storeInUse, .tryAgain),
    Reviewed(ExportError.invalidName("A"), .usage), Reviewed(ExportError.unusablePath("a"), .usage),
    Reviewed(ExportError.unusableValue(option: "--seccomp", "a?"), .usage),
    Reviewed(ExportError.variable("${a}", .devcontainer), .usage),
    Reviewed(ExportError.inexpressible("--a", .compose), withoutHint: Alone.ourFault),
]
