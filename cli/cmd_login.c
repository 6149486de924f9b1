/* weir login: ask for a token and remember it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/cli.h"
#include "engine/base/err.h"

static char *
chomp(char *s)
{
    s[strcspn(s, "\r\n")] = '\0';

    return s;
}

static const char *
ask(struct wr_arena *a)
{
    char line[512];
    struct termios old, quiet;
    bool terminal = tcgetattr(STDIN_FILENO, &old) == 0;

    if (terminal) {
        fprintf(stderr, "password: ");
        quiet = old;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    if (!fgets(line, sizeof(line), stdin))
        line[0] = '\0';
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
        fprintf(stderr, "\n");
    }

    return wr_arena_strdup(a, chomp(line));
}

int
wr_cmd_login(struct wr_cli *cli)
{
    const char *user = wr_arg_option(cli, "--user");
    const char *file = wr_arg_option(cli, "--password-file");
    const char *url = wr_arg_option(cli, "--url");
    struct wr_call_options o = { .anonymous = true };
    struct wr_session_file s;
    struct wr_entry entries[2];
    struct wr_str body = { .arena = cli->arena }, text;
    struct wr_err err = { 0 };
    struct wr_reply r;
    const char *password;

    if (cli->argc)
        return wr_cli_usage(cli);
    if (!url)
        url = getenv("WEIR_URL");
    if (!url || !url[0])
        url = "http://127.0.0.1:8080";
    setenv("WEIR_URL", url, 1);
    if (file) {
        if (wr_cli_read(cli->arena, file, &text, &err) < 0)
            return wr_cli_fail(&err);
        password = chomp(wr_arena_strdup(cli->arena, wr_str_text(&text)));
    } else {
        password = ask(cli->arena);
    }
    if (!user)
        user = "admin";
    entries[0] = (struct wr_entry){ "username",
                                    wr_value_string(cli->arena, user) };
    entries[1] = (struct wr_entry){ "password",
                                    wr_value_string(cli->arena, password) };
    wr_json_write(&body, wr_value_context(cli->arena, entries, 2),
                  WR_JSON_PLAIN);
    if (wr_http(cli, "POST", "/api/v1/auth/login", body.s, body.len, &o, &r,
                &err)
        < 0)
        return wr_cli_fail(&err);
    s = (struct wr_session_file){
        .url = url,
        .token = wr_print_member(cli->arena, r.json, "accessToken"),
        .cookie = r.set_cookie,
    };
    if (wr_session_save(cli->arena, &s, &err) < 0)
        return wr_cli_fail(&err);
    entries[1] = (struct wr_entry){ "url", wr_value_string(cli->arena, url) };
    if (cli->json)
        wr_print_value(cli->arena, wr_value_context(cli->arena, entries, 2));
    else
        printf("logged in as %s at %s\n", user, url);

    return 0;
}
