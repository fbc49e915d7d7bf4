# shellcheck shell=bash
# The Python of the foreign clients and parsers, in a folder of its own outside the repository. Sourced by tests/run.

# Prepares the environment if it is missing or out of date, and prints the path of its interpreter.
require_python() {
    local requirements=$1 cache=${XDG_CACHE_HOME:-$HOME/.cache}/jalon-tests
    local venv=$cache/venv
    mkdir -p "$cache"
    # Two runs on one machine must not build it at once.
    exec {lock}>"$cache/lock"
    flock "$lock"
    # Compared with what was installed, not with a date: a checkout changes dates.
    if ! cmp --silent "$requirements" "$venv/installed.txt" || ! "$venv/bin/python" -c '' 2>/dev/null; then
        printf 'Preparing Python in %s\n' "$venv" >&2
        python3 -m venv --clear "$venv" >&2
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" >&2
        cp "$requirements" "$venv/installed.txt"
    fi
    exec {lock}>&-
    printf '%s\n' "$venv/bin/python"
}
