#!/bin/sh
# Installs the Debian packages that are missing, and says which. Needs root or sudo only then.
#   packaging/system-packages.sh run     what the window and the reports need
#   packaging/system-packages.sh test    also what the tests need
set -eu

# Qt's offscreen and X11 platforms, and the fonts of window and report.
run="libegl1 libgl1 libxkbcommon0 libfontconfig1 libglib2.0-0 libx11-6 libdbus-1-3
     libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
     libxcb-render-util0 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 libx11-xcb1 libcups2
     fonts-noto-cjk"
# A PDF reader and DICOM checkers of others, a virtual screen, and git for the layout test; the
# servers that tests start on loopback: archive, TLS before it, database, and a token for keys.
test="poppler-utils dcmtk dicom3tools xvfb xauth git
      orthanc orthanc-dicomweb orthanc-postgresql nginx-light iproute2 postgresql-15 softhsm2
      opensc openssl"

case "${1:-run}" in
  run) wanted=$run ;;
  test) wanted="$run $test" ;;
  *) echo "usage: $0 run|test" >&2; exit 2 ;;
esac
# A Python without venv (Debian splits it off) cannot make .venv.
python=${PYTHON:-python3}
"$python" -c 'import ensurepip, venv' 2>/dev/null || wanted="$wanted python3-venv"

missing=""
for package in $wanted; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' \
    || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "Please install these packages (this system has no apt):$missing" >&2
  exit 1
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "Please install as root: apt-get install$missing" >&2
    exit 1
  fi
  as_root="sudo"
fi
echo "Installing system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086  # a list of words
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
