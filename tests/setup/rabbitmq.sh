# shellcheck shell=bash
# A private RabbitMQ for the tests. Sourced by tests/run and tests/rabbitmq, after postgres.sh (free_port).
#
# One node that listens on 127.0.0.1 only, with a name, a cookie, ports, an epmd and a database of its own in a folder
# that goes with it. Erlang reads its cookie in HOME, so HOME is that folder too.

# The server itself: Debian's wrapper in PATH insists on root or on the user rabbitmq.
rabbitmq_server() {
    local found
    found=$(printf '%s\n' /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server | sort --version-sort | tail -n 1)
    [[ -x $found ]] && printf '%s\n' "$found"
}

# rabbitmq_environment FOLDER PORT [EPMD DISTRIBUTION]: prints the settings of the node, one NAME=value a line.
rabbitmq_environment() {
    local folder=$1 port=$2 epmd distribution
    epmd=${3:-$(free_port)}
    distribution=${4:-$(free_port)}
    printf '%s\n' "HOME=$folder" "ERL_EPMD_PORT=$epmd" "ERL_EPMD_ADDRESS=127.0.0.1" \
        "RABBITMQ_NODENAME=jalon$port@localhost" "RABBITMQ_NODE_PORT=$port" "RABBITMQ_NODE_IP_ADDRESS=127.0.0.1" \
        "RABBITMQ_DIST_PORT=$distribution" "RABBITMQ_MNESIA_BASE=$folder/data" "RABBITMQ_LOG_BASE=$folder/log" \
        "RABBITMQ_PID_FILE=$folder/pid" "RABBITMQ_ENABLED_PLUGINS_FILE=$folder/plugins" \
        "RABBITMQ_CONFIG_FILE=$folder/rabbitmq" "RABBITMQ_CONF_ENV_FILE=$folder/none" \
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none"
}

# start_rabbitmq FOLDER PORT [EPMD DISTRIBUTION]: FOLDER must be new and empty; without them, Erlang's ports are any free ones.
# Returns when the broker answers.
start_rabbitmq() {
    local folder=$1 port=$2
    mkdir -p "$folder/data" "$folder/log"
    printf '[].\n' >"$folder/plugins"
    # The machine's disk is shared: the default limit would block publishers on a full one, not protect it.
    printf 'disk_free_limit.absolute = 50MB\nlog.file.level = warning\n' >"$folder/rabbitmq.conf"
    head -c 24 /dev/urandom | base64 | tr -dc 'A-Z' >"$folder/.erlang.cookie"
    printf 'JALONTESTS' >>"$folder/.erlang.cookie"
    chmod 600 "$folder/.erlang.cookie"
    rabbitmq_environment "$folder" "$port" "${@:3}" >"$folder/environment"
    run_rabbitmq "$folder" || return 1
}

# run_rabbitmq FOLDER: also starts again a node that was killed. Returns when it answers.
run_rabbitmq() {
    local folder=$1 settings port
    mapfile -t settings <"$folder/environment"
    port=$(sed -n 's/^RABBITMQ_NODE_PORT=//p' "$folder/environment")
    # A session of its own: a Ctrl-C is ours to handle, and the stop reaches all that it started.
    setsid env "${settings[@]}" "$(rabbitmq_server)" >>"$folder/log/out" 2>&1 </dev/null &
    printf '%s\n' $! >"$folder/session"
    local waited
    for waited in {1..1800}; do
        # The port opens last.
        if port_is_taken "$port"; then return; fi
        kill -0 "$(<"$folder/session")" 2>/dev/null || break
        sleep 0.1
    done
    printf 'RabbitMQ did not start (%s tenths of a second):\n' "$waited" >&2
    tail -n 20 "$folder/log/out" >&2
    return 1
}

# stop_rabbitmq FOLDER: at once, with its epmd, since the folder goes next.
stop_rabbitmq() {
    local folder=$1 session epmd
    if [[ -f $folder/session ]]; then
        session=$(<"$folder/session")
        kill -KILL -- "-$session" 2>/dev/null || true
        epmd=$(sed -n 's/^ERL_EPMD_PORT=//p' "$folder/environment")
        # Its own epmd, by its port: the machine may have another.
        # It refuses until it has noticed that its node is gone.
        for _ in {1..30}; do
            ERL_EPMD_PORT=$epmd epmd -kill >/dev/null 2>&1 || true
            ERL_EPMD_PORT=$epmd epmd -names >/dev/null 2>&1 || break
            sleep 0.1
        done
    fi
    rm -rf "$folder"
}
