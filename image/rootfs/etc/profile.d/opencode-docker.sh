# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# For login shells of every kind; zsh reads it through /usr/local/share/opencode-docker/zshrc.
umask 022
# Engines give an `exec` the home of the image, also where the entrypoint had to make another one.
if [ ! -w "$HOME" ]; then
    # shellcheck source=/dev/null disable=SC2034,SC2154 # of that file
    other=$(me=$(id -u) && . /usr/local/libexec/opencode-docker/places && find_names && is_own "$names/home" && echo "$names/home")
    HOME=${other:-$HOME}
    unset other
fi
# The image's PATH has it last.
PATH=${PATH%:"$HOME/.local/bin"}
case :$PATH: in
*:"$HOME/.local/bin":*) ;;
*) PATH=$HOME/.local/bin:$PATH ;;
esac
