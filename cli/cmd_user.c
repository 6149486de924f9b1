/* weir user: the users of a home, straight in its store. */

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/home.h"
#include "engine/base/time.h"
#include "fcgi_workers/login.h"

static const struct wr_value *
user_value(struct wr_arena *a, const struct wr_user_row *u)
{
    struct wr_entry e[] = {
        { "username", wr_value_string(a, u->name) },
        { "roles", wr_value_string(a, u->roles ? u->roles : "") },
        { "disabled", u->disabled ? &wr_true : &wr_false },
    };

    return wr_value_context(a, e, WR_COUNT(e));
}

static void
print_json(struct wr_arena *a, const struct wr_user_row *users, size_t n)
{
    const struct wr_value **items = wr_newn(a, const struct wr_value *, n + 1);
    struct wr_entry list;

    for (size_t i = 0; i < n; i++)
        items[i] = user_value(a, &users[i]);
    list = (struct wr_entry){ "items", wr_value_list(a, items, n) };
    wr_print_value(a, wr_value_context(a, &list, 1));
}

static int
list(struct wr_cli *cli, struct wr_store *st, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_USERS, .state = -1 };
    struct wr_rows rows;

    if (wr_store_find(st, &q, cli->arena, &rows, err) < 0)
        return (int)err->code;
    if (cli->json)
        print_json(cli->arena, rows.users, rows.n);
    for (size_t i = 0; i < rows.n && !cli->json; i++)
        printf("%-20s %-30s %s\n", rows.users[i].name,
               rows.users[i].roles ? rows.users[i].roles : "",
               rows.users[i].disabled ? "disabled" : "");

    return 0;
}

static int
known_roles(const char *roles, struct wr_err *err)
{
    static const char all[] = "|viewer|participant|operator|designer|admin|";

    while (*roles) {
        size_t n = strcspn(roles, ",");
        char one[32];

        snprintf(one, sizeof(one), "|%.*s|", (int)(n < 28 ? n : 28), roles);
        if (n == 0 || !strstr(all, one))
            return wr_fail(err, WR_EINVALID,
                           "role '%.*s' is none of viewer, participant, "
                           "operator, designer, admin",
                           (int)n, roles);
        roles += n + (roles[n] == ',');
    }

    return 0;
}

static int
set_password(struct wr_cli *cli, const char *file, struct wr_user_row *u,
             struct wr_err *err)
{
    struct wr_logins *l;
    struct wr_str text;
    char *password;
    int rc;

    if (wr_cli_read(cli->arena, file ? file : "-", &text, err) < 0)
        return (int)err->code;
    password = wr_arena_strdup(cli->arena, wr_str_text(&text));
    password[strcspn(password, "\r\n")] = '\0';
    if (strlen(password) < 8)
        return wr_fail(err, WR_EINVALID,
                       "the password must have 8 characters or more");
    l = wr_logins_new();
    rc = wr_password_hash(l, cli->arena, password, &u->password, err);
    wr_logins_free(l);

    return rc;
}

static int
change(struct wr_cli *cli, struct wr_store *st, const char *verb,
       const char *name, const char *roles, const char *groups,
       const char *file, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_USERS, .state = -1, .key = name };
    struct wr_change c = { .op = WR_OP_PUT, .noun = WR_USERS };
    struct wr_clock clock = { 0 };
    struct wr_user_row u = { .name = name, .created_at = wr_clock_now(&clock) };
    struct wr_rows rows;
    bool adding = strcmp(verb, "add") == 0;

    if (wr_store_find(st, &q, cli->arena, &rows, err) < 0)
        return (int)err->code;
    if (adding == (rows.n > 0))
        return wr_fail(err, adding ? WR_ECONFLICT : WR_ENOTFOUND,
                       adding ? "there is a user '%s' already" : "no user '%s'",
                       name);
    if (rows.n)
        u = rows.users[0];
    if (roles) {
        if (known_roles(roles, err) < 0)
            return (int)err->code;
        u.roles = roles;
    }
    if (groups)
        u.groups = groups;
    if (adding && !u.roles)
        u.roles = "viewer";
    if (strcmp(verb, "enable") == 0 || strcmp(verb, "disable") == 0)
        u.disabled = verb[0] == 'd';
    else if (set_password(cli, file, &u, err) < 0)
        return (int)err->code;
    c.user = &u;
    if (wr_store_change(st, &c, 1, err) < 0)
        return (int)err->code;
    if (cli->json)
        wr_print_value(cli->arena, user_value(cli->arena, &u));

    return 0;
}

int
wr_cmd_user(struct wr_cli *cli)
{
    wr_auto(wr_store_close) struct wr_store *st = NULL;
    const char *roles = wr_arg_option(cli, "--roles");
    const char *groups = wr_arg_option(cli, "--groups");
    const char *file = wr_arg_option(cli, "--password-file");
    const char *verb, *verbs = " add password enable disable ";
    struct wr_err err = { 0 };
    int rc;

    if (wr_home_store(cli, &st, &err) < 0)
        return wr_cli_fail(&err);
    if (cli->argc < 1)
        return wr_cli_usage(cli);
    verb = cli->argv[0];
    if (strcmp(verb, "list") == 0 && cli->argc == 1)
        rc = list(cli, st, &err);
    else if (cli->argc == 2
             && strstr(verbs, wr_arena_printf(cli->arena, " %s ", verb)))
        rc = change(cli, st, verb, cli->argv[1], roles, groups, file, &err);
    else
        return wr_cli_usage(cli);

    return rc < 0 ? wr_cli_fail(&err) : 0;
}
