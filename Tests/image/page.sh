# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The examples of docs/containers.md: the text between ```LANGUAGE NAME and ```, as it is printed there.
: "${here:?}"
page=$here/../../docs/containers.md

# examples: the names, in the order of the page.
examples() { sed -n 's/^```[a-z]* \(..*\)$/\1/p' "$page"; }

# example NAME: its text.
example() { awk -v name="$1" '/^```/ { inside = ($2 == name); next } inside' "$page"; }

# label: the devcontainer.metadata of the built image, as `Devcontainer` in ImageInputs+Request.swift renders it.
label='[{"capAdd":["CHOWN","FOWNER","SETGID","SETUID"],"overrideCommand":false,"remoteUser":"opencode","securityOpt":["no-new-privileges"],"updateRemoteUserUID":true,"userEnvProbe":"loginInteractiveShell"}]'

# as_built BASE DIRECTORY: a Dockerfile of the fixture with what image.yaml says of an image, and an agent.
as_built() {
    printf '#!/bin/sh\necho "agent $(id -u):$(id -g) $(pwd) ${1-}"\n' >"$2/agent"
    chmod 755 "$2/agent"
    python3 - "$1" "$here/../../image/image.yaml" "$label" >"$2/Dockerfile" <<'END'
import json, sys, yaml
base, definition, label = sys.argv[1:]
image = yaml.safe_load(open(definition))
print(f"FROM {base}\nCOPY agent {image['agent']['path']}")
for name, value in image["environment"].items():
    print(f"ENV {name}={json.dumps('C.UTF-8' if name == 'LANG' else value)}")
print(f"WORKDIR {image['workdir']}\nENTRYPOINT {json.dumps(image['entrypoint'])}\nCMD {json.dumps(image['command'])}")
print("HEALTHCHECK --interval=30s CMD " + json.dumps(image["health"]["command"]))
print(f"LABEL devcontainer.metadata={json.dumps(label)}")
END
}
