# Yours to change. The first line brings history, completion, the prompt and direnv.
source /usr/local/share/opencode-docker/zshrc
