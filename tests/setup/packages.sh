# shellcheck shell=bash
# What the tests need besides Rust, and how to get it on Debian. Sourced by tests/run.
#
# Root installs what is missing; anyone else is told what to install. Nothing is touched when nothing is missing.

# One line per need: the check, then the Debian packages that satisfy it.
# Chromium draws the pages for the tests that look at them, so it needs letters and the signs that mails may carry.
needs=(
    "c_compiler|gcc libc6-dev"
    "postgres_binaries|postgresql"
    "rabbitmq_server|rabbitmq-server"
    "smtp_sink|postfix"
    "curl_tool|curl"
    "kannel_boxes|kannel"
    "fake_smsc|kannel-extras"
    "openssl_tool|openssl"
    "spam_filter|spamassassin"
    "image_builder|buildah"
    "chromium_browser|chromium"
    "font DejaVuSans.ttf|fonts-dejavu-core"
    "font NotoColorEmoji.ttf|fonts-noto-color-emoji"
    "prometheus_tool|prometheus"
    "python_with_venv|python3 python3-venv"
)

# The checks print what they found and fail when they found nothing.
c_compiler() { command -v cc; }
chromium_browser() { command -v chromium || command -v chromium-browser; }
python_with_venv() { python3 -c 'import ensurepip, venv'; }
# Reads an exposition as Prometheus does; its package brings the server too, which is not started.
prometheus_tool() { command -v promtool; }
openssl_tool() { command -v openssl; }
spam_filter() { command -v spamassassin; }
image_builder() { command -v buildah; }
font() { find /usr/share/fonts /usr/local/share/fonts -name "$1" -print -quit 2>/dev/null | grep .; }
curl_tool() { command -v curl; }
# Debian keeps postfix's smtp-sink out of an ordinary user's PATH.
smtp_sink() { PATH=$PATH:/usr/sbin command -v smtp-sink; }
# An SMS gateway, and the fake network that its package has for tests.
kannel_boxes() { PATH=$PATH:/usr/sbin command -v bearerbox; }
fake_smsc() { find /usr/lib/kannel/test -name fakesmsc -print -quit 2>/dev/null | grep .; }

# Fails, and says what to do, unless everything is there at the end.
require_packages() {
    local missing
    missing=$(missing_packages)
    if [[ -n $missing ]] && ((EUID == 0)) && command -v apt-get >/dev/null; then
        printf 'Installing what the tests need: %s\n' "${missing//$'\n'/ }"
        # shellcheck disable=SC2086 # one word per package
        install_packages $missing
        missing=$(missing_packages)
    fi
    if [[ -n $missing ]]; then
        printf 'The tests need these Debian packages: %s\nInstall them: sudo apt-get install %s\n' \
            "${missing//$'\n'/ }" "${missing//$'\n'/ }" >&2
        return 1
    fi
    command -v cargo >/dev/null || { printf 'The tests need Rust: cargo is not in PATH.\n' >&2; return 1; }
}

# The packages of every need that is not met, one a line.
missing_packages() {
    local need check packages
    for need in "${needs[@]}"; do
        read -ra check <<<"${need%|*}"
        read -ra packages <<<"${need#*|}"
        "${check[@]}" >/dev/null 2>&1 || printf '%s\n' "${packages[@]}"
    done
}

# In a subshell, so that its trap gives policy-rc.d back whatever happens.
install_packages() (
    # Two runs that both swap policy-rc.d would lose the machine's own.
    exec {lock}>/run/lock/jalon-tests
    flock "$lock"
    forbid_services
    trap allow_services EXIT
    export DEBIAN_FRONTEND=noninteractive
    # Another apt may be at work on the machine: wait for it rather than fail.
    apt_get=(apt-get --quiet --quiet --option DPkg::Lock::Timeout=300)
    "${apt_get[@]}" update </dev/null
    "${apt_get[@]}" install --yes --no-install-recommends "$@" </dev/null
)

# Debian starts a service when it installs it. The tests start their own, and the machine keeps the ones it had.
policy=/usr/sbin/policy-rc.d
forbid_services() {
    # What a killed run set aside is still the machine's own.
    if [[ -e $policy && ! -e $policy.before-jalon ]]; then mv "$policy" "$policy.before-jalon"; fi
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
}
allow_services() {
    rm -f "$policy"
    if [[ -e $policy.before-jalon ]]; then mv "$policy.before-jalon" "$policy"; fi
}
