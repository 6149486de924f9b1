#include "fcgi_workers/service.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/log.h"
#include "engine/base/rate.h"
#include "engine/project/projector.h"
#include "engine/runtime/level.h"
#include "fcgi_workers/announce.h"
#include "fcgi_workers/login.h"
#include "fcgi_workers/notify.h"
#include "fcgi_workers/route.h"

struct wr_rate *wr_service_starts;

const char *
wr_service_store_url(struct wr_arena *a, const struct wr_config *c)
{
    const char *url = wr_config_text(c, WR_SET_DATABASE_URL);

    return url[0] ? url
                  : wr_arena_printf(a, "sqlite:%s/weir.db", wr_config_home(c));
}

static const char *
key_path(struct wr_arena *a, const struct wr_config *c)
{
    return wr_arena_printf(a, "%s/secret/jwt.key", wr_config_home(c));
}

/* 64 hex digits, written whole or not at all. */
static int
create_key(struct wr_arena *a, const struct wr_config *c, struct wr_err *err)
{
    const char *path = key_path(a, c);
    const char *temp = wr_arena_printf(a, "%s.%ld", path, (long)getpid());
    unsigned char key[32];
    struct wr_str hex = { .arena = a };
    int fd;
    bool ok;

    mkdir(wr_arena_printf(a, "%s/secret", wr_config_home(c)), 0700);
    if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key))
        return wr_fail(err, WR_EIO, "no random bytes for '%s'", path);
    for (size_t i = 0; i < sizeof(key); i++)
        wr_str_printf(&hex, "%02x", key[i]);
    fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return wr_fail(err, WR_EIO, "create '%s': %s", path, strerror(errno));
    ok = write(fd, hex.s, hex.len) == (ssize_t)hex.len && fsync(fd) == 0;
    close(fd);
    /* link(), not rename(): whoever comes first wins */
    if (!ok || (link(temp, path) < 0 && errno != EEXIST)) {
        unlink(temp);
        return wr_fail(err, WR_EIO, "create '%s': %s", path, strerror(errno));
    }
    unlink(temp);

    return 0;
}

static int
read_key(struct wr_arena *a, const struct wr_config *c, unsigned char key[32],
         struct wr_err *err)
{
    const char *path = key_path(a, c);
    char hex[65] = { 0 };
    FILE *f = fopen(path, "re");
    size_t n;

    if (!f)
        return wr_fail(err, WR_EIO, "open '%s': %s", path, strerror(errno));
    n = fread(hex, 1, 64, f);
    fclose(f);
    if (n != 64 || strspn(hex, "0123456789abcdef") != 64)
        return wr_fail(err, WR_EIO, "'%s' does not hold 64 hex digits", path);
    for (size_t i = 0; i < 32; i++) {
        char two[3] = { hex[2 * i], hex[2 * i + 1], 0 };

        key[i] = (unsigned char)strtoul(two, NULL, 16);
    }

    return 0;
}

static int
first_user(struct wr_store *st, struct wr_arena *a, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_USERS, .state = -1, .limit = 1 };
    const char *password = getenv("WEIR_ADMIN_PASSWORD");
    struct wr_user_row admin = { .name = "admin",
                                 .display_name = "Administrator",
                                 .roles = "admin" };
    struct wr_change change = { .op = WR_OP_PUT,
                                .noun = WR_USERS,
                                .user = &admin };
    struct wr_clock clock = { 0 };
    struct wr_logins *logins;
    struct wr_rows rows;
    int rc;

    if (wr_store_find(st, &q, a, &rows, err) < 0)
        return (int)err->code;
    if (rows.n || !password || !password[0])
        return 0;
    logins = wr_logins_new();
    rc = wr_password_hash(logins, a, password, &admin.password, err);
    wr_logins_free(logins);
    if (rc < 0)
        return rc;
    admin.created_at = wr_clock_now(&clock);

    return wr_store_change(st, &change, 1, err);
}

/* A PostgreSQL that starts at the same time is waited for. */
static int
open_patiently(struct wr_arena *a, const struct wr_config *config,
               struct wr_store **out, struct wr_err *err)
{
    const char *url = wr_service_store_url(a, config);
    int64_t attempts = wr_config_int(config, WR_SET_CONNECT_ATTEMPTS);
    int64_t pause = wr_config_int(config, WR_SET_RETRY_DELAY);
    int64_t most = wr_config_int(config, WR_SET_RETRY_DELAY_MAX);

    if (strncmp(url, "postgres", 8) != 0)
        return wr_store_open(url, out, err);
    for (;;) {
        struct timespec ts = { .tv_sec = pause / 1000,
                               .tv_nsec = pause % 1000 * 1000000 };

        if (wr_store_open(url, out, err) == 0)
            return 0;
        if (err->code != WR_ESTORE || --attempts <= 0)
            return (int)err->code;
        nanosleep(&ts, NULL);
        pause = 2 * pause < most ? 2 * pause : most;
    }
}

int
wr_service_prepare(const struct wr_config *config, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    wr_auto(wr_store_close) struct wr_store *st = NULL;
    unsigned char key[32];

    if (!wr_service_starts)
        wr_service_starts = wr_rate_share();
    if (access(key_path(a, config), F_OK) < 0 && create_key(a, config, err) < 0)
        return (int)err->code;
    if (read_key(a, config, key, err) < 0)
        return (int)err->code;
    wr_store_set_wait(wr_config_int(config, WR_SET_STORE_WAIT));
    if (open_patiently(a, config, &st, err) < 0
        || wr_store_migrate(st, err) < 0)
        return (int)err->code;

    return first_user(st, a, err);
}

/* Whoever threw it is long gone: the log is where it can be seen. */
static void
lost(void *data, const struct wr_outbox_row *row, const struct wr_err *why)
{
    char target[WR_UUID_TEXT];
    bool start = row->kind == WR_OUT_START || wr_uuid_is_zero(&row->instance);

    (void)data;
    wr_uuid_text(start ? &row->definition : &row->instance, target);
    wr_log(WR_LOG_WARN, "nobody takes what was thrown", "name", row->name,
           start ? "definition" : "instance", target, "cause", why->text, NULL);
}

static struct wr_timing
timing_of(const struct wr_config *config)
{
    static const char *const names[] = {
        [WR_MISFIRE_ONCE] = "once",
        [WR_MISFIRE_ALL] = "all",
        [WR_MISFIRE_SKIP] = "skip",
    };
    const char *misfire = wr_config_text(config, WR_SET_TIMER_MISFIRE);
    struct wr_timing t = {
        .zone = wr_config_text(config, WR_SET_TIMEZONE),
        .misfire_after = wr_config_int(config, WR_SET_TIMER_MISFIRE_AFTER),
        .misfire_max = wr_config_int(config, WR_SET_TIMER_MISFIRE_MAX),
    };

    for (size_t i = 0; i < WR_COUNT(names); i++)
        if (strcmp(misfire, names[i]) == 0)
            t.misfire = (enum wr_misfire)i;

    return t;
}

/* No instance has it in its history. */
static void
missed(void *data, const struct wr_definition *d, int element,
       const struct wr_missed *m)
{
    int node = wr_model_node_of(d->model, element);
    char first[WR_INSTANT_TEXT], last[WR_INSTANT_TEXT], n[24];

    (void)data;
    wr_instant_text(m->first, first);
    wr_instant_text(m->last, last);
    snprintf(n, sizeof(n), "%lld", (long long)m->n);
    wr_log(WR_LOG_WARN, "starts were missed", "definition", d->row.key,
           "element", node < 0 ? "" : d->model->nodes[node].id, "missed", n,
           "first", first, "last", last, NULL);
}

static void
committed(void *data, const struct wr_definition *d,
          const struct wr_effects *fx)
{
    struct wr_service *s = data;

    wr_hub_committed(s->hub, fx, wr_clock_now(&s->clock));
    wr_hints_committed(s, d, fx);
    if (s->announcer)
        wr_announce(s->announcer, d, fx);
}

static void
not_folded(const struct wr_err *why)
{
    wr_log(WR_LOG_WARN, "the history is not folded", "cause", why->text, NULL);
}

static int
fold(struct wr_arena *a, struct wr_service *s, struct wr_err *err)
{
    struct wr_projector_options o = {
        .store_url = s->store_url,
        .runtime = s->runtime,
        .failed = not_folded,
        .interval_ms = wr_config_int(s->config, WR_SET_PROJECTION_INTERVAL),
    };

    s->projector_socket = wr_arena_printf(a, "%s/run/projector.sock",
                                          wr_config_home(s->config));
    o.socket = s->projector_socket;

    return wr_projector_start(&o, &s->projector, err);
}

static struct wr_limits
limits_of(const struct wr_config *config)
{
    struct wr_limits l = { { 0 } };

    l.most[WR_LIMIT_INSTANCES] = wr_config_int(config, WR_SET_INSTANCES_MAX);
    l.most[WR_LIMIT_DEFINITION] = wr_config_int(
        config, WR_SET_DEFINITION_INSTANCES_MAX);
    l.most[WR_LIMIT_STARTS] = wr_config_int(config, WR_SET_STARTS_RATE);
    l.most[WR_LIMIT_VALUE] = wr_config_int(config, WR_SET_VALUE_MAX);
    l.most[WR_LIMIT_VARIABLES] = wr_config_int(config, WR_SET_VARIABLES_MAX);
    l.most[WR_LIMIT_VARIABLES_SIZE] = wr_config_int(config,
                                                    WR_SET_VARIABLES_SIZE);
    l.most[WR_LIMIT_FILE] = wr_config_int(config, WR_SET_XML_MAX);
    l.most[WR_LIMIT_DEPLOYMENT] = wr_config_int(config, WR_SET_DEPLOYMENT_MAX);
    l.most[WR_LIMIT_MESSAGES] = wr_config_int(config, WR_SET_MESSAGE_BUFFER);

    return l;
}

int
wr_service_open(struct wr_arena *a, const struct wr_config *config, int slot,
                int hub_fd, struct wr_service **out, struct wr_err *err)
{
    struct wr_service *s = wr_new(a, struct wr_service);
    unsigned char id[SHA256_DIGEST_LENGTH];
    struct wr_retry_rules *retries = wr_new(a, struct wr_retry_rules);
    struct wr_runtime_options o;

    s->config = config;
    s->slot = slot;
    s->n_slots = (int)wr_config_int(config, WR_SET_SLOTS);
    s->store_url = wr_service_store_url(a, config);
    wr_store_set_wait(wr_config_int(config, WR_SET_STORE_WAIT));
    s->started_at = wr_clock_now(&s->clock);
    s->routes = wr_newn(a, struct wr_route_count, wr_route_total() + 1);
    atomic_store(&s->store_up, true);
    atomic_store(&s->store_since, s->started_at);
    if (read_key(a, config, s->jwt_key, err) < 0)
        return (int)err->code;
    SHA256(s->jwt_key, sizeof(s->jwt_key), id);
    snprintf(s->cookie_name, sizeof(s->cookie_name),
             "weir_refresh_%02x%02x%02x%02x", id[0], id[1], id[2], id[3]);
    if (wr_retry_rules(a, wr_config_text(config, WR_SET_JOB_RETRIES),
                       wr_config_text(config, WR_SET_JOB_RETRIES_BY_TYPE),
                       retries, err)
            < 0
        || wr_hub_open(hub_fd, &s->hub, err) < 0)
        return (int)err->code;
    if (wr_servers_open(a, config, &s->clock, slot, &s->servers, err) < 0) {
        wr_hub_close(s->hub);
        return (int)err->code;
    }
    if (wr_clock_keep(s->store_url, &s->clock, &s->keeper, err) < 0) {
        wr_servers_close(s->servers);
        wr_hub_close(s->hub);
        return (int)err->code;
    }
    if (wr_announcer_open(config, &s->clock, s->servers, &s->announcer, err)
        < 0) {
        wr_clock_keep_end(s->keeper);
        wr_servers_close(s->servers);
        wr_hub_close(s->hub);
        return (int)err->code;
    }
    if (wr_suspects_open(a, wr_config_home(config), slot,
                         (size_t)wr_config_int(config, WR_SET_THREADS)
                             * WR_DUE_MOST,
                         s->started_at, &s->suspects, err)
        < 0) {
        wr_announcer_close(s->announcer);
        wr_clock_keep_end(s->keeper);
        wr_servers_close(s->servers);
        wr_hub_close(s->hub);
        return (int)err->code;
    }
    s->hints = wr_hints_new(wr_config_home(config));
    o = (struct wr_runtime_options){
        .store_url = s->store_url,
        .clock = &s->clock,
        .slot = slot,
        .n_slots = s->n_slots,
        .threaded = true,
        .auto_async = true,
        .step_budget = (int)wr_config_int(config, WR_SET_STEP_BUDGET),
        .retries = retries,
        .notices = wr_config_text(config, WR_SET_NOTIFY_URL)[0] != '\0',
        .step_memory = (size_t)wr_config_int(config, WR_SET_REQUEST_MEMORY),
        .command_wait_ms = wr_config_int(config, WR_SET_COMMAND_WAIT),
        .pool_size = (int)wr_config_int(config, WR_SET_POOL_SIZE),
        .pool_overflow = (int)wr_config_int(config, WR_SET_POOL_OVERFLOW),
        .lease = s->servers->lease,
        .lock_wait_ms = wr_config_int(config, WR_SET_LOCK_WAIT),
        .limits = limits_of(config),
        .starts = wr_service_starts,
        .starts_burst = wr_config_int(config, WR_SET_STARTS_BURST),
        .history_level = wr_level_parse(
            wr_config_text(config, WR_SET_HISTORY_LEVEL)),
        .refused = lost,
        .missed = missed,
        .committed = committed,
        .committed_data = s,
        .bpmn = {
            .timing = timing_of(config),
            .max_bytes = (size_t)wr_config_int(config, WR_SET_XML_MAX),
            .max_depth = (int)wr_config_int(config, WR_SET_XML_DEPTH),
        },
    };
    if (wr_runtime_open(&o, &s->runtime, err) < 0) {
        wr_hints_free(s->hints);
        wr_clock_keep_end(s->keeper);
        wr_announcer_close(s->announcer);
        wr_servers_close(s->servers);
        wr_hub_close(s->hub);
        return (int)err->code;
    }
    if (fold(a, s, err) < 0) {
        wr_runtime_close(s->runtime);
        wr_servers_close(s->servers);
        wr_hub_close(s->hub);
        return (int)err->code;
    }
    s->logins = wr_logins_new();
    if (wr_bridge_open(config, &s->clock, s->hub, slot == 0, &s->bridge, err)
            < 0
        || (slot == 0
            && (wr_housekeeper_open(s, &s->housekeeper, err) < 0
                || wr_notifier_open(s, &s->notifier, err) < 0))) {
        wr_service_close(s);
        return (int)err->code;
    }
    *out = s;

    return 0;
}

void
wr_service_close(struct wr_service *s)
{
    wr_housekeeper_close(s->housekeeper);
    wr_notifier_close(s->notifier);
    wr_projector_stop(s->projector);
    wr_runtime_close(s->runtime);
    wr_bridge_close(s->bridge);
    wr_announcer_close(s->announcer);
    wr_hub_close(s->hub);
    wr_suspects_close(s->suspects);
    wr_hints_free(s->hints);
    wr_clock_keep_end(s->keeper);
    wr_servers_close(s->servers);
    wr_logins_free(s->logins);
}
