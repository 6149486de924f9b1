/*
 * config.h: every setting is a row of settings.def.
 *
 * A row is name, type, bounds or allowed values, default and doc; parser,
 * checks, `weir config show` and docs/configuration.md come from it.  Values are
 * taken, in rising precedence, from
 *
 *   the default
 *   $WEIR_HOME/servers.conf          what `./dev up --full` has started
 *   $WEIR_HOME/weir.conf             "name = value", # comments
 *   $WEIR_HOME/conf.d/$WEIR_ENV.conf likewise, when WEIR_ENV is set
 *   POSTGRES_*, REDIS_*, RABBITMQ_*  aliases.def
 *   WEIR_<NAME>
 *
 * A wrong one is refused with its name, origin (file:line or the variable) and
 * what is allowed.
 *
 * A comment is a line that starts with #.  Durations are whole numbers with ms,
 * s, m, h or d, sizes with B (or nothing), KB, MB or GB (powers of 1024).
 * Unknown names in the file are refused; unknown WEIR_ variables are not, some
 * are no settings.
 */

#ifndef WR_CONFIG_H
#define WR_CONFIG_H

#include "engine/base/err.h"
#include "engine/base/str.h"

enum wr_setting {
#define WR_SETTING(id, name, type, dflt, min, max, allowed, doc) WR_SET_##id,
#include "engine/base/settings.def"
#undef WR_SETTING
    WR_SETTINGS
};

enum wr_setting_type {
    WR_S_TEXT,
    WR_S_SECRET,  /* any text, which is never shown */
    WR_S_ADDRESS, /* an IPv4 or IPv6 address */
    WR_S_ZONE,    /* an IANA time zone */
    WR_S_INT,
    WR_S_MS,
    WR_S_BYTES,
    WR_S_BOOL,
    WR_S_ENUM,
    WR_S_STORE,  /* empty, or an address that begins with one of `allowed` */
    WR_S_URL,    /* empty, or what wr_url_parse() takes, likewise */
    WR_S_RETRY,  /* what wr_retry_parse() takes */
    WR_S_RETRIES /* empty, or the same by type, as wr_retry_rules() takes it */
};

struct wr_config; /* immutable after load; lives in its arena */

/* Read defaults, the files of `home` if present (none when it is NULL; that of
 * WEIR_ENV must be there), environment.  WR_EINVALID with err->line when in a
 * file; WR_EIO when one cannot be read. */
WR_MUST int wr_config_load(struct wr_arena *a, const char *home,
                           const struct wr_config **out, struct wr_err *err);
const char *wr_config_home(const struct wr_config *c);
/* As it was given, of any type. */
const char *wr_config_text(const struct wr_config *c, enum wr_setting s);
/* The same without what is secret. */
const char *wr_config_public(struct wr_arena *a, const struct wr_config *c,
                             enum wr_setting s);
/* INT; MS in milliseconds; BYTES in bytes; ENUM as index into `allowed`. */
int64_t wr_config_int(const struct wr_config *c, enum wr_setting s);
bool wr_config_bool(const struct wr_config *c, enum wr_setting s);
/* "default", "weir.conf:12", "WEIR_PORT" or "REDIS_HOST". */
const char *wr_config_origin(const struct wr_config *c, enum wr_setting s);

struct wr_setting_row {
    const char *name; /* "command_wait" */
    enum wr_setting_type type;
    const char *dflt;
    int64_t min, max;
    const char *allowed; /* ENUM, STORE, URL: "a|b|c" */
    const char *doc;
};
const struct wr_setting_row *wr_setting_row(enum wr_setting s);
/* "a whole number from 1 to 65535": for messages and the manual. */
void wr_setting_allowed(const struct wr_setting_row *row, struct wr_str *out);
/* Is it?  The value goes to *n: INT, MS, BYTES; the index of an ENUM; 0 or 1 of
 * a BOOL. */
bool wr_setting_read(const struct wr_setting_row *row, const char *text,
                     int64_t *n);

/* Other programs' names for the address of a server: `prefix`_URL, or
 * `prefix`_HOST with the parts in _PORT, _USER, _PASSWORD and `prefix`_`path`. */
struct wr_alias_row {
    enum wr_setting setting;
    const char *prefix; /* "POSTGRES" */
    const char *scheme, *path;
};
extern const struct wr_alias_row wr_alias_rows[];
extern const size_t wr_n_alias_rows;

#endif
