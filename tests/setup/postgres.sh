# shellcheck shell=bash
# A private PostgreSQL for the tests. Sourced by tests/run and tests/postgres.
#
# It listens on 127.0.0.1 only, trusts whoever connects, and lives in a folder that goes with it: what a test leaves
# behind can harm nothing. The server refuses to run as root, so root hands it to the user that the package made.

# The folder of initdb and pg_ctl: Debian keeps them out of PATH, one folder per version. Empty when there is none.
postgres_binaries() {
    local found
    if found=$(command -v pg_ctl); then
        dirname "$(readlink -f "$found")"
        return
    fi
    found=$(printf '%s\n' /usr/lib/postgresql/*/bin/pg_ctl | sort --version-sort | tail -n 1)
    [[ -x $found ]] && dirname "$found"
}

# Runs a command as a user that PostgreSQL accepts.
as_postgres() {
    if ((EUID == 0)); then
        # From a folder that this user may enter, else each command complains that it cannot go back to it.
        (cd / && setpriv --reuid=postgres --regid=postgres --init-groups -- "$@")
    else
        "$@"
    fi
}

# Something answers on this port of the loopback interface.
port_is_taken() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# A free port below the range that the kernel hands out by itself, so that no test's "any port" takes it meanwhile.
free_port() {
    local port attempt
    for attempt in {1..50}; do
        port=$((15000 + RANDOM % 15000))
        port_is_taken "$port" || { printf '%s\n' "$port"; return; }
    done
    printf 'no free port after %s attempts\n' "$attempt" >&2
    return 1
}

# start_postgres FOLDER PORT: FOLDER must be new and empty. Returns when the server answers.
start_postgres() {
    local folder=$1 port=$2 binaries
    binaries=$(postgres_binaries)
    if ((EUID == 0)); then chown postgres: "$folder"; fi
    # Locale C: the same order and the same LOWER on every machine, and the one closest to SQLite's.
    as_postgres "$binaries/initdb" --pgdata="$folder/data" --username=postgres --auth=trust \
        --encoding=UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; return 1; }
    as_postgres tee -a "$folder/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$folder'
# Each test has its own small pool, and nextest runs several at once.
max_connections = 200
shared_buffers = 64MB
max_wal_size = 256MB
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
CONF
    as_postgres "$binaries/pg_ctl" start --wait --silent --timeout=180 \
        --pgdata="$folder/data" --log="$folder/log" || { cat "$folder/log" >&2; return 1; }
}

# stop_postgres FOLDER: at once, without a checkpoint, since the folder goes next.
stop_postgres() {
    local folder=$1
    if [[ -f $folder/data/postmaster.pid ]]; then
        as_postgres "$(postgres_binaries)/pg_ctl" stop --wait --silent --mode=immediate --pgdata="$folder/data" || true
    fi
    rm -rf "$folder"
}

# restart_postgres FOLDER: after the server was killed. Returns when it answers.
restart_postgres() {
    local folder=$1
    # The children of a killed server leave when they notice; until then it refuses to start again.
    local attempt
    for attempt in {1..50}; do
        as_postgres "$(postgres_binaries)/pg_ctl" start --wait --silent --timeout=180 \
            --pgdata="$folder/data" --log="$folder/log" >/dev/null 2>&1 && return
        sleep 0.2
    done
    printf 'PostgreSQL did not start again after %s attempts\n' "$attempt" >&2
    tail -n 20 "$folder/log" >&2
    return 1
}
