/*
 * config.h: every setting is a row of settings.def.
 *
 * A row is name, type, bounds or allowed values, default and doc; parser,
 * checks, `weir config show` and docs/configuration.md come from it.  Values are
 * taken from the default, $WEIR_HOME/weir.conf ("name = value", # comments) and
 * the environment (WEIR_<NAME>), in rising precedence.  A wrong one is refused
 * with its name, origin (file:line or the variable) and what is allowed.
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
    WR_S_ADDRESS, /* an IPv4 or IPv6 address */
    WR_S_INT,
    WR_S_MS,
    WR_S_BYTES,
    WR_S_BOOL,
    WR_S_ENUM
};

struct wr_config; /* immutable after load; lives in its arena */

/* Read defaults, `<home>/weir.conf` if present (no file when home is NULL),
 * environment.  WR_EINVALID with err->line when in the file; WR_EIO when the
 * file cannot be read. */
WR_MUST int wr_config_load(struct wr_arena *a, const char *home,
                           const struct wr_config **out, struct wr_err *err);
const char *wr_config_home(const struct wr_config *c);
/* As it was given, of any type. */
const char *wr_config_text(const struct wr_config *c, enum wr_setting s);
/* INT; MS in milliseconds; BYTES in bytes; ENUM as index into `allowed`. */
int64_t wr_config_int(const struct wr_config *c, enum wr_setting s);
bool wr_config_bool(const struct wr_config *c, enum wr_setting s);
/* "default", "weir.conf:12" or "WEIR_PORT". */
const char *wr_config_origin(const struct wr_config *c, enum wr_setting s);

struct wr_setting_row {
    const char *name; /* "command_wait" */
    enum wr_setting_type type;
    const char *dflt;
    int64_t min, max;
    const char *allowed; /* ENUM: "a|b|c" */
    const char *doc;
};
const struct wr_setting_row *wr_setting_row(enum wr_setting s);
/* "a whole number from 1 to 65535": for messages and the manual. */
void wr_setting_allowed(const struct wr_setting_row *row, struct wr_str *out);

#endif
