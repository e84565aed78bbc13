# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# For login shells of every kind; zsh reads it through /usr/local/share/opencode-docker/zshrc.
umask 022
case :$PATH: in
*:"$HOME/.local/bin":*) ;;
*) PATH=$HOME/.local/bin:$PATH ;;
esac
