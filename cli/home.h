/* home.h: commands that work on a home's files, without the server. */

#ifndef WR_HOME_H
#define WR_HOME_H

#include "cli/cli.h"
#include "engine/base/config.h"
#include "engine/store/store.h"

/* Settings of --home DIR, else WEIR_HOME.  WR_EINVALID without either. */
WR_MUST int wr_home_config(struct wr_cli *cli, const struct wr_config **out,
                           struct wr_err *err);
/* Its store, opened, not migrated. */
WR_MUST int wr_home_store(struct wr_cli *cli, struct wr_store **out,
                          struct wr_err *err);

#endif
