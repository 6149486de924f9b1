# shellcheck shell=bash
# home.sh: where a stack lives and as whom it runs.
#
#   $home/weir.conf        settings (optional); conf.d/$WEIR_ENV.conf likewise
#   $home/admin-password   of the user admin, mode 600
#   $home/secret/jwt.key   signs access tokens, mode 600
#   $home/weir.db          the store
#   $home/app              the programs that run
#   $home/run, $home/log   sockets, pid files, the nginx configuration; logs
#
# As root everything runs as the system user weir, and root never follows a path
# inside the home that weir could have bent: files there are written by as_weir.

weir_user=weir
home=

as_root() {
    [ "$(id -u)" -eq 0 ]
}

# as_weir COMMAND...: as the user the stack runs as, in its home.
as_weir() {
    if as_root; then
        (no_locks && cd "$home" && exec setpriv --reuid "$weir_user" --regid "$weir_user" \
            --init-groups env HOME="$home" "$@")
    else
        (no_locks && cd "$home" && exec "$@")
    fi
}

# closed_at DIR: the first folder above DIR that user weir cannot pass.
closed_at() {
    local dir=$1 part='' up=()

    while [ "$dir" != / ]; do
        dir=$(dirname "$dir")
        up=("$dir" "${up[@]}")
    done
    for part in "${up[@]}"; do
        [ -e "$part" ] || return 1
        if id "$weir_user" >/dev/null 2>&1; then
            setpriv --reuid "$weir_user" --regid "$weir_user" --init-groups \
                test -x "$part" && continue
        elif (($(stat -c '0%a' "$part") & 1)); then
            continue
        fi
        printf '%s' "$part"
        return 0
    done
    return 1
}

# Sets home.  Nothing is created here.
home_find() {
    local closed

    [ -z "$home" ] || return 0
    if [ -n "${WEIR_HOME:-}" ]; then
        home=$(realpath -m -- "$WEIR_HOME")
        if as_root && closed=$(closed_at "$home"); then
            die "WEIR_HOME '$home': the user $weir_user cannot pass" \
                "'$closed' (mode $(stat -c %a "$closed")); choose another"
        fi
    else
        home=$real_top/var
        if as_root && closed=$(closed_at "$home"); then
            home=/var/lib/weir
            home_why="the user $weir_user cannot pass '$closed'"
        fi
    fi
    case $home in
    *[\"\$\\]* | *$'\n'*)
        die "WEIR_HOME '$home' holds a character nginx cannot quote"
        ;;
    esac
    if [ ${#home} -gt 88 ]; then
        die "WEIR_HOME '$home' is too long: a socket's path has 107 characters"
    fi
}

home_note() {
    if [ -n "${home_why:-}" ]; then
        printf '  home is %s, as %s\n' "$home" "$home_why"
    fi
}

make_user() {
    if as_root && ! id "$weir_user" >/dev/null 2>&1; then
        useradd --system --user-group --no-create-home \
            --home-dir /var/lib/weir --shell /usr/sbin/nologin "$weir_user"
    fi
}

# A folder given by hand must be new, empty or a home already: never take over
# someone's files.
home_check() {
    if [ -z "${WEIR_HOME:-}" ] || [ ! -e "$home" ] ||
        [ -e "$home/.weir-home" ]; then
        return 0
    fi
    [ -d "$home" ] || die "WEIR_HOME '$home' is not a folder"
    if [ -n "$(ls -A -- "$home")" ]; then
        die "WEIR_HOME '$home' is not empty and no Weir home"
    fi
}

make_home() {
    mkdir -p -- "$home"
    if as_root; then
        # The home itself only; what is inside stays whose it is.
        chown -h "$weir_user:$weir_user" -- "$home"
    fi
    chmod go-w -- "$home"
    # First of all, so that nobody takes it for a stranger's folder.
    as_weir touch .weir-home
    as_weir mkdir -p run log secret
    as_weir chmod 700 secret run
    make_secret secret/jwt.key openssl rand -hex 32
    if [ -n "${WEIR_ADMIN_PASSWORD:-}" ]; then
        make_secret admin-password printenv WEIR_ADMIN_PASSWORD
    else
        make_secret admin-password openssl rand -hex 12
    fi
}

# make_secret FILE COMMAND...: its output, once, readable by the owner alone.
make_secret() {
    # shellcheck disable=SC2016
    as_weir sh -c 'file=$1; shift
        [ ! -s "$file" ] || exit 0
        umask 077
        "$@" >"$file.new" && mv "$file.new" "$file"' sh "$@"
}

# setting NAME: its value.  `weir config show` knows best; before it is built (and
# for a look at a home that may be broken) environment, weir.conf, settings.def.
settings_shown=

setting() {
    local name=$1 var=WEIR_${1^^} value='' file

    if [ -n "$settings_shown" ]; then
        awk -v name="$name" '$1 == name && NF > 2 { print $2 }' \
            <<<"$settings_shown"
        return
    fi
    if [ -n "${!var:-}" ]; then
        printf '%s' "${!var}"
        return
    fi
    for file in "conf.d/${WEIR_ENV:-}.conf" weir.conf; do
        if [ -z "$value" ] && [ -f "$home/$file" ]; then
            value=$(sed -n "s/^[ \t]*${name}[ \t]*=[ \t]*//p" "$home/$file" |
                sed 's/[ \t]*\(#.*\)\?$//' | tail -n 1)
        fi
    done
    if [ -z "$value" ]; then
        value=$(sed -n "s/^WR_SETTING([A-Z_]*,[ \t]*\"$name\",[^\"]*\"\([^\"]*\)\".*/\1/p" \
            "$real_top/engine/base/settings.def")
    fi
    printf '%s' "$value"
}

# The digest knows the passwords that `show` hides.
settings_digest() {
    "$build/weir" config digest --home "$home"
}

# Every setting, checked: a wrong one is refused by name, place and what is
# allowed.
settings_check() {
    if ! settings_shown=$("$build/weir" config show --home "$home" 2>&1); then
        die "${settings_shown#weir: }"
    fi
}

# SQLite has one writing process, so one slot.
slots() {
    case $(setting database_url) in
    postgres*) setting slots ;;
    *) printf '1' ;;
    esac
}

cmd_password() {
    home_find
    [ -f "$home/admin-password" ] ||
        die "'$home' has no admin-password yet; run ./dev up"
    cat "$home/admin-password"
}

cmd_reset() {
    local answer=''

    home_find
    [ -e "$home/.weir-home" ] || die "'$home' is no Weir home"
    case $(setting database_url) in
    postgres*)
        die "the data are in PostgreSQL; drop the database yourself"
        ;;
    esac
    home_lock
    if [ "${1:-}" != --yes ]; then
        printf 'Delete all data in %s? Type yes: ' "$home"
        read -r answer || true
        [ "$answer" = yes ] || die "nothing was deleted"
    fi
    stop_stack
    # The home's own files by name; weir.conf and what others put there stay.
    as_weir sh -c 'rm -rf -- weir.db weir.db-wal weir.db-shm weir.db-journal \
        secret admin-password run log app app.new app.old .started .examples \
        .demo .started-full .examples-full .demo-full servers.conf \
        postgres postgres.new redis rabbitmq'
    printf 'deleted the data in %s\n' "$home"
}
