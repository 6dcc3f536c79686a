#!/usr/bin/env bash
# The system packages of the kit, installed where that is possible without asking; elsewhere one line says what is
# missing and what it costs. Never fails a setup: the rest works without them. With `test`, what only tests need too.
set -uo pipefail

declare -A costs=(
    [wine64]="no script is checked by the real AutoHotkey"
    [xvfb]="no script is checked by the real AutoHotkey"
    [bubblewrap]="no model-written code is run"
    [chromium]="reports are not tested in a browser"
    [lua5.4]="a dataset of Lua is not tested"
    [g++]="no GGUF files are made or run"
)
missing=()
[ -x /usr/lib/wine/wine64 ] || command -v wine64 > /dev/null || missing+=(wine64)
command -v Xvfb > /dev/null || missing+=(xvfb)
command -v bwrap > /dev/null || missing+=(bubblewrap)
if [ "${1:-}" = test ]; then
    command -v chromium > /dev/null || command -v chromium-browser > /dev/null || command -v google-chrome > /dev/null || missing+=(chromium)
    command -v luac > /dev/null || missing+=(lua5.4)
fi
command -v c++ > /dev/null || command -v g++ > /dev/null || command -v clang++ > /dev/null || missing+=(g++)
[ ${#missing[@]} -eq 0 ] && exit 0

root=()
if [ "$(id -u)" -ne 0 ]; then
    root=(sudo -n)
    sudo -n true 2> /dev/null || root=(none)
fi
if command -v apt-get > /dev/null && [ "${root[*]}" != none ]; then
    echo "setup: installing ${missing[*]} with apt-get"
    export DEBIAN_FRONTEND=noninteractive
    "${root[@]}" apt-get update -qq && "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null && exit 0
fi
for package in "${missing[@]}"; do
    echo "setup: without $package ${costs[$package]}; install it when you need that (apt install $package)"
done
