#!/usr/bin/env bash
# Makes sure that a Chromium is there for the browser tests: the system's own, or Debian's package where
# this user may install it. Otherwise it says which command to run.
set -euo pipefail
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit 0
done
if ! command -v apt-get >/dev/null; then
  echo "The browser tests need Chromium: install it with your system's package manager." >&2
  exit 1
fi
as_root=""
if [ "$(id -u)" != 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "The browser tests need Chromium: sudo apt-get install chromium" >&2
    exit 1
  fi
  as_root="sudo -n"
fi
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
