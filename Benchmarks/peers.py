# SPDX-License-Identifier: Apache-2.0
"""The programs to compare with: apt-get, mmdebstrap, buildah, and docker build with a separate daemon."""

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from measure import Failure, run

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
MINBASE = ["?essential", "?priority(required)", "apt"]


def debian_sources():
    """The machine's own Debian sources, as one-line entries, from apt's configuration."""
    fields = "$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)"
    rows = run(["apt-get", "indextargets", "--format", fields, "Created-By: Packages"]).output.splitlines()
    lines = []
    for row in sorted(set(rows)):
        origin, uri, release, component = row.split("|")
        if origin == "Debian":
            lines.append(f"deb [signed-by={KEYRING}] {uri} {release} {component}")
    if not lines:
        raise Failure("apt knows no Debian archive here; run apt-get update first.")
    return "\n".join(lines) + "\n"


class Apt:
    """apt-get with an empty root and no package installed: it must find the whole closure."""

    def __init__(self, directory, sources):
        self.archives = directory / "archives"
        for part in ["archives/partial", "lists/partial", "empty"]:
            (directory / part).mkdir(parents=True)
        (directory / "status").touch()
        (directory / "sources.list").write_text(sources)
        settings = {
            "Dir::Etc::SourceList": directory / "sources.list", "Dir::Etc::SourceParts": directory / "empty",
            "Dir::State": directory, "Dir::State::Lists": directory / "lists", "Dir::State::status": directory / "status",
            "Dir::Cache": directory, "Dir::Cache::Archives": self.archives, "APT::Sandbox::User": "root",
            "APT::Get::AllowUnauthenticated": "false", "Debug::NoLocking": "true",
        }
        self.command = ["apt-get", "-q", "-y", "--no-install-recommends"]
        for name, value in settings.items():
            self.command += ["-o", f"{name}={value}"]

    def update(self):
        return run(self.command + ["update"])

    def simulate(self, packages):
        return run(self.command + ["-s", "install", *MINBASE, *packages])

    def download(self, packages):
        return run(self.command + ["-d", "install", *MINBASE, *packages])


class Mmdebstrap:
    """mmdebstrap as root, minbase, optionally with the .debs already downloaded."""

    def __init__(self, sources_file):
        self.sources_file = sources_file

    def build(self, target, packages, archives=None):
        command = ["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase"]
        if packages:
            command.append("--include=" + ",".join(packages))
        if archives:
            place = '"$1/var/cache/apt/archives/"'
            command += ["--skip=download/empty", f"--setup-hook=mkdir -p {place} && cp -l '{archives}'/*.deb {place}"]
        return run(command + ["bookworm", str(target), str(self.sources_file)])


def run_line(packages, cache=""):
    """The one RUN of a Dockerfile; with `cache` the .debs stay for the next build."""
    clean = "" if cache else " && rm -rf /var/lib/apt/lists/*"
    return (f"FROM base\nRUN {cache}apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y "
            f"--no-install-recommends {' '.join(packages)}{clean}\n")


class Buildah:
    """buildah with separate storage; chroot isolation, its fastest one."""

    def __init__(self, directory):
        self.directory = directory
        directory.mkdir()
        self.command = ["buildah", "--root", directory / "root", "--runroot", directory / "run", "--storage-driver", "overlay"]

    def call(self, *words):
        return run(self.command + list(words))

    def make_base(self, tar):
        container = self.call("from", "scratch").output.strip()
        self.call("add", "--quiet", container, tar, "/")
        self.call("commit", "--quiet", container, "base")

    def build(self, packages, cached=False):
        (self.directory / "Dockerfile").write_text(run_line(packages))
        options = ["--layers"] if cached else ["--layers", "--no-cache"]
        return self.call("build", *options, "--isolation", "chroot", "--network", "host", "--pull-never", "--tag", "peer",
                         "--file", self.directory / "Dockerfile", self.directory)

    def remove(self):
        with contextlib.suppress(Failure):
            self.call("rm", "--all")
            self.call("rmi", "--all", "--force")


class Docker:
    """The classic builder and BuildKit in a dockerd that shares nothing with a running one."""

    #: Debian's own client: BuildKit needs no plugin there.
    program = "/usr/bin/docker" if os.path.exists("/usr/bin/docker") else "docker"

    def __init__(self, directory):
        self.directory = directory
        self.environment = {"DOCKER_HOST": f"unix://{directory}/docker.sock", "DOCKER_BUILDKIT": "0",
                            "DOCKER_CONFIG": str(directory / "client")}

    @contextlib.contextmanager
    def daemon(self):
        """Runs dockerd; removes its processes and directories afterwards."""
        self.directory.mkdir()
        command = ["dockerd", "--host", self.environment["DOCKER_HOST"], "--data-root", self.directory / "data",
                   "--exec-root", self.directory / "exec", "--pidfile", self.directory / "pid", "--bridge=none",
                   "--iptables=false", "--storage-driver=overlay2"]
        with open(self.directory / "log", "w", encoding="utf-8") as log:
            process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self.wait_until_ready(process)
            yield self
        finally:
            process.terminate()
            process.wait(60)
            self.unmount()
            shutil.rmtree(self.directory)

    def unmount(self):
        """dockerd leaves its network namespace mounted; the innermost mounts are removed first."""
        with open("/proc/self/mountinfo", encoding="utf-8") as table:
            places = [line.split()[4] for line in table]
        for place in sorted((p for p in places if p.startswith(f"{self.directory}/")), reverse=True):
            run(["umount", place])

    def wait_until_ready(self, process):
        for _ in range(120):
            if process.poll() is not None:
                break
            with contextlib.suppress(Failure):
                return self.docker("version")
            time.sleep(0.5)
        tail = "\n".join((self.directory / "log").read_text().splitlines()[-5:])
        raise Failure(f"dockerd did not start:\n{tail}")

    def docker(self, *words, buildkit=False):
        return run([self.program, *[str(word) for word in words]],
                   env={**self.environment, "DOCKER_BUILDKIT": "1" if buildkit else "0"})

    def build(self, packages, cached=False, buildkit=False):
        context = Path(self.directory / "context")
        context.mkdir(exist_ok=True)
        cache = "--mount=type=cache,target=/var/cache/apt,sharing=locked " if buildkit else ""
        (context / "Dockerfile").write_text(run_line(packages, cache))
        options = [] if cached else ["--no-cache"]
        return self.docker("build", *options, "--network", "host", "--tag", "peer", context, buildkit=buildkit)
