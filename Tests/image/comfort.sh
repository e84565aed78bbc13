#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# zsh, tmux, git, ssh, the agent's policy; and the health check, with every failure that it detects.
. "$(dirname "$0")/bed.sh"

keep_box comfort mount=tmpfs:/tmp:mode=1777 || exit 1
in_box() { inside comfort "$@"; }
root() { runc_ exec --user 0:0 comfort "$@"; }
health() { root /usr/local/libexec/opencode-docker/health; echo "$?"; }

is 'zsh starts without a word' '' "$(in_box zsh -lic true 2>&1 | tr -d '\033\r' | grep -v '^$' | grep -iE 'error|insecure|not found|no such')"
is 'prompt: directory and branch' '/tmp/repo (main)' "$(in_box sh -c 'git init -q /tmp/repo && cd /tmp/repo && git -c user.name=a -c user.email=b commit -q --allow-empty -m x
    zsh -ic "vcs_info; print -P \"%~\${vcs_info_msg_0_}\""' 2>/dev/null)"
is 'history, completion, direnv' '1 1 1' "$(in_box zsh -ic '[[ $HISTFILE == ~/.local/state/zsh/history && -d ${HISTFILE:h} ]]; print $((!$?))
    (( $+functions[_git] )); print $((!$?)); (( $+functions[_direnv_hook] )); print $((!$?))' | xargs)"
is 'umask, PATH' '022 /home/opencode/.local/bin' "$(in_box zsh -lic 'umask; print ${path[1]}' | xargs)"
is 'the image'\''s own PATH, which has it last: once, in front' '/home/opencode/.local/bin:/usr/bin:/bin' \
    "$(in_box env PATH=/usr/bin:/bin:/home/opencode/.local/bin zsh -lic 'echo "$PATH"')"
is 'bash logs in too' /home/opencode/.local/bin "$(in_box bash -lc 'echo ${PATH%%:*}')"
is 'tmux takes its configuration: mouse' on "$(in_box tmux new-session -d \; show -gv mouse)"
is 'git: branch name, safe directory, not all' 'main /workspace' "$(in_box git config --system --get-all init.defaultBranch) $(in_box git config --system --get-all safe.directory)"
is 'git: the filters of LFS, and the settings of `run`, after them' 'git-lfs filter-process true Ada' "$(in_box git config --system filter.lfs.process) $(root sh -c \
    "printf '[filter \"lfs\"]\nrequired = true\n[user]\nname = Ada\n' >/run/opencode-gitconfig"; in_box sh -c 'git config filter.lfs.required; git config user.name; sudo rm /run/opencode-gitconfig' | xargs)"
is 'root writes /etc/gitconfig' c "$(in_box sh -c 'sudo git config --system a.b c; git config a.b; sudo git config --system --unset a.b')"
is 'git as root in the workspace of the user' 0 "$(in_box sh -c 'cd /workspace && git init -q && sudo git status >/dev/null; echo $?')"
is 'the agent'\''s policy is root'\''s' 'false 0:0:644' "$(in_box python3 -c 'import json; print(str(json.load(open("/etc/opencode/opencode.json"))["autoupdate"]).lower())') $(in_box stat -c %u:%g:%a /etc/opencode/opencode.json)"
is 'the user cannot write to the image'\''s files' '' "$(in_box sh -c 'find /usr/local /etc ! -type l -writable' 2>/dev/null)"

for host in github.com ssh.github.com; do
    is "ssh $host: strict, pinned" 'true /etc/ssh/known_hosts_github github.com' "$(in_box ssh -G "$host" | sed -n \
        's/^\(stricthostkeychecking\|userknownhostsfile\|hostkeyalias\) //p' | LC_ALL=C sort | xargs | awk '{print $3, $1, $2}')"
done
in_box sh -c 'printf "Host gh\n HostName github.com\n" >~/.ssh/config'
is 'also by an alias' /etc/ssh/known_hosts_github "$(in_box ssh -G gh | sed -n 's/^userknownhostsfile //p')"
is 'elsewhere accept-new' 'accept-new /home/opencode/.ssh/known_hosts' "$(in_box ssh -G example.org | sed -n 's/^stricthostkeychecking //p;s/^userknownhostsfile //p' | xargs)"
is 'GitHub'\''s published fingerprints' 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM SHA256:uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s' \
    "$(in_box ssh-keygen -lf /etc/ssh/known_hosts_github | awk '{print $2}' | xargs)"

is 'health: no agent' $'healthy: no agent in this image\n0' "$(health)"
is 'health, as the user' $'healthy: no agent in this image\n0' "$(in_box /usr/local/libexec/opencode-docker/health; echo $?)"
root sh -c 'mkdir -p /etc/opencode-docker; printf "#!/bin/sh\necho 1.2.3\n" >/usr/local/bin/agent; chmod 755 /usr/local/bin/agent; printf "/usr/local/bin/agent\n1.2.3\n" >/etc/opencode-docker/agent'
is 'health: an agent that nobody asked' $'healthy: /usr/local/bin/agent was not asked for its version\n0' "$(health)"
# break DO UNDO SENTENCE
break_it() {
    root sh -c "$1"
    is "health: $3" "unhealthy: $3"$'\n1' "$(health)"
    root sh -c "$2"
    is 'and back' 0 "$(health | tail -n 1)"
}
# ask: as the entrypoint does at the start.
run=/run/opencode-docker
ask() { root sh -c "rm -f $run/agent; /usr/local/libexec/opencode-docker/answer $run; echo 1 >$run/agent.asked"; }
root sh -c "echo 1 >$run/agent.asked"
is 'health: until the agent has answered' $'healthy: starting, the agent has not answered yet\n0' "$(health)"
break_it "cp $run/agent.asked /a; echo 99999 >$run/agent.asked" "cp /a $run/agent.asked" \
    'the agent was asked for its version, and ended with the question'
root sh -c 'printf "#!/bin/sh\ntouch /tmp/asked-\$\$\necho 1.2.3\n" >/usr/local/bin/agent'
ask
is 'health: the agent answered' $'healthy: /usr/local/bin/agent 1.2.3\n0' "$(health)"
is 'health, as the user: the same' $'healthy: /usr/local/bin/agent 1.2.3\n0' "$(in_box /usr/local/libexec/opencode-docker/health; echo $?)"
health >/dev/null
is 'the check does not start it' 1 "$(root sh -c 'ls /tmp/asked-* | wc -l')"
break_it 'mv /usr/local/bin/agent /a' 'mv /a /usr/local/bin/agent; mv '$run'/agent /b' 'the agent is gone: /usr/local/bin/agent'
root mv /b $run/agent
is 'health: another file' 'unhealthy: the agent was replaced: /usr/local/bin/agent is not the file that answered at the start'$'\n1' "$(health)"
root sh -c 'chmod 644 /usr/local/bin/agent' && ask
is 'health: an agent that does not run' 'unhealthy: the agent does not answer: /usr/local/bin/agent --version'$'\n1' "$(health)"
root sh -c 'printf "#!/bin/sh\necho 9\n" >/usr/local/bin/agent; chmod 755 /usr/local/bin/agent' && ask
is 'health: another version' 'unhealthy: the agent says version 9, not 1.2.3'$'\n1' "$(health)"
root sh -c 'printf "#!/bin/sh\necho 1.2.3\n" >/usr/local/bin/agent' && ask
is 'health: well again' 0 "$(health | tail -n 1)"
break_it 'mv /run/opencode-docker/sudo /run/x' 'mv /run/x /run/opencode-docker/sudo' 'the sudo server does not answer'
break_it 'chmod a-w /home/opencode' 'chmod u+w /home/opencode' 'the home of the user cannot be written'
break_it 'mv /run/opencode-docker/ready /run/x' 'mv /run/x /run/opencode-docker/ready' 'the entrypoint has not finished'
break_it 'cp /etc/passwd /p; sed -i /^opencode/d /etc/passwd' 'mv /p /etc/passwd' 'user opencode does not exist'
cp /bin/true "$BED/work/comfort/rootfs/usr/local/bin/evil" && chmod 4755 "$BED/work/comfort/rootfs/usr/local/bin/evil"
break_it true 'rm /usr/local/bin/evil' 'set-uid or set-gid file /usr/local/bin/evil'
mkdir -p "$BED/work/comfort/rootfs/home/opencode/deep/er" && cp /bin/true "$BED/work/comfort/rootfs/home/opencode/deep/er/evil"
chmod 2755 "$BED/work/comfort/rootfs/home/opencode/deep/er/evil"
is 'health: a set-gid file in the home' 0 "$(health | tail -n 1)"
chmod 4755 "$BED/work/comfort/rootfs/home/opencode/deep/er/evil"
break_it true 'rm /home/opencode/deep/er/evil' 'set-uid or set-gid file /home/opencode/deep/er/evil'
finish
