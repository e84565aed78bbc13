# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# For login shells of every kind; zsh reads it through /usr/local/share/opencode-docker/zshrc.
umask 022
# Engines give an `exec` the home of the image, also where the entrypoint had to make another one.
if [ ! -w "$HOME" ] && [ -O /tmp/opencode-docker/home ] && [ ! -L /tmp/opencode-docker/home ]; then
    HOME=/tmp/opencode-docker/home
fi
case :$PATH: in
*:"$HOME/.local/bin":*) ;;
*) PATH=$HOME/.local/bin:$PATH ;;
esac
