#include "cli/home.h"

#include <stdlib.h>
#include <unistd.h>

#include "fcgi_workers/service.h"

int
wr_home_config(struct wr_cli *cli, const struct wr_config **out,
               struct wr_err *err)
{
    const char *home = wr_arg_option(cli, "--home");

    if (!home)
        home = getenv("WEIR_HOME");
    if (!home || !home[0])
        return wr_fail(err, WR_EINVALID, "give --home DIR or set WEIR_HOME");
    if (access(home, X_OK) < 0)
        return wr_fail(err, WR_ENOTFOUND, "no home '%s'", home);

    return wr_config_load(cli->arena, home, out, err);
}

int
wr_home_store(struct wr_cli *cli, struct wr_store **out, struct wr_err *err)
{
    const struct wr_config *config;

    if (wr_home_config(cli, &config, err) < 0)
        return (int)err->code;
    wr_store_set_wait(wr_config_int(config, WR_SET_STORE_WAIT));

    return wr_store_open(wr_service_store_url(cli->arena, config), out, err);
}
