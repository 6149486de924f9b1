/* weir config show, weir migrate: a home's settings and its store's schema. */

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "cli/home.h"
#include "fcgi_workers/service.h"

static const char *
value_text(struct wr_arena *a, const struct wr_config *c, enum wr_setting s)
{
    switch (wr_setting_row(s)->type) {
    case WR_S_BOOL:
        return wr_config_bool(c, s) ? "true" : "false";
    case WR_S_INT:
    case WR_S_BYTES:
        return wr_arena_printf(a, "%lld", (long long)wr_config_int(c, s));
    case WR_S_MS:
        return wr_arena_printf(a, "%lldms", (long long)wr_config_int(c, s));
    case WR_S_TEXT:
    case WR_S_SECRET:
    case WR_S_ADDRESS:
    case WR_S_ZONE:
    case WR_S_RETRY:
    case WR_S_RETRIES:
    case WR_S_ENUM:
    case WR_S_STORE:
    case WR_S_URL:
        break;
    }

    return wr_config_public(a, c, s);
}

static void
print_json(struct wr_arena *a, const struct wr_config *c)
{
    const struct wr_value *items[WR_SETTINGS];
    struct wr_entry list;

    for (int i = 0; i < WR_SETTINGS; i++) {
        enum wr_setting s = (enum wr_setting)i;
        struct wr_entry e[] = {
            { "name", wr_value_string(a, wr_setting_row(s)->name) },
            { "value", wr_value_string(a, value_text(a, c, s)) },
            { "origin", wr_value_string(a, wr_config_origin(c, s)) },
        };

        items[i] = wr_value_context(a, e, WR_COUNT(e));
    }
    list = (struct wr_entry){ "items", wr_value_list(a, items, WR_SETTINGS) };
    wr_print_value(a, wr_value_context(a, &list, 1));
}

static int
show(struct wr_cli *cli, const struct wr_config *c)
{
    if (cli->json)
        print_json(cli->arena, c);
    for (int i = 0; i < WR_SETTINGS && !cli->json; i++) {
        enum wr_setting s = (enum wr_setting)i;

        printf("%-16s %-24s %s\n", wr_setting_row(s)->name,
               value_text(cli->arena, c, s), wr_config_origin(c, s));
    }

    return 0;
}

/* Over the passwords of addresses, too, which `show` hides; keyed with the
 * home's own secret, so that it tells nothing about them. */
static int
digest(struct wr_cli *cli, const struct wr_config *c)
{
    const char *path = wr_arena_printf(cli->arena, "%s/secret/jwt.key",
                                       wr_config_home(c));
    struct wr_str key, text = { .arena = cli->arena };
    struct wr_str hex = { .arena = cli->arena };
    unsigned char mac[EVP_MAX_MD_SIZE];
    struct wr_entry out = { .key = "digest" };
    struct wr_err err = { 0 };
    unsigned len = 0;

    if (wr_cli_read(cli->arena, path, &key, &err) < 0)
        return wr_cli_fail(&err);
    for (int i = 0; i < WR_SETTINGS; i++) {
        enum wr_setting s = (enum wr_setting)i;

        wr_str_printf(&text, "%s=%s\n", wr_setting_row(s)->name,
                      wr_config_text(c, s));
    }
    HMAC(EVP_sha256(), key.s, (int)key.len, (const unsigned char *)text.s,
         text.len, mac, &len);
    for (unsigned i = 0; i < len; i++)
        wr_str_printf(&hex, "%02x", mac[i]);
    out.value = wr_value_string(cli->arena, wr_str_text(&hex));
    if (cli->json)
        wr_print_value(cli->arena, wr_value_context(cli->arena, &out, 1));
    else
        printf("%s\n", wr_str_text(&hex));

    return 0;
}

int
wr_cmd_config(struct wr_cli *cli)
{
    const struct wr_config *c;
    struct wr_err err = { 0 };

    if (wr_home_config(cli, &c, &err) < 0)
        return wr_cli_fail(&err);
    if (cli->argc == 1 && strcmp(cli->argv[0], "show") == 0)
        return show(cli, c);
    if (cli->argc == 1 && strcmp(cli->argv[0], "digest") == 0)
        return digest(cli, c);

    return wr_cli_usage(cli);
}

int
wr_cmd_migrate(struct wr_cli *cli)
{
    const struct wr_config *c;
    struct wr_err err = { 0 };
    struct wr_entry store;
    const char *shown;

    if (wr_home_config(cli, &c, &err) < 0)
        return wr_cli_fail(&err);
    if (cli->argc)
        return wr_cli_usage(cli);
    if (wr_service_prepare(c, &err) < 0)
        return wr_cli_fail(&err);
    shown = wr_store_public_url(cli->arena,
                                wr_service_store_url(cli->arena, c));
    store.key = "store";
    store.value = wr_value_string(cli->arena, shown);
    if (cli->json)
        wr_print_value(cli->arena, wr_value_context(cli->arena, &store, 1));
    else
        printf("%s is up to date\n", shown);

    return 0;
}
