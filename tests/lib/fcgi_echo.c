/*
 * fcgi_echo: a FastCGI worker that tells what it was told, for tests of the
 * edge without an engine.
 *
 *     fcgi_echo SOCKET NAME [THREADS]
 *
 * Answers JSON {"name", "body": length, "params": {...}}.  A path that ends in
 * /status/NNN answers with that status, one in /broken/NAME breaks off without an
 * answer when that is this worker's name; /metrics answers a text.
 */
#include <fcgiapp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct worker {
    int fd;
    const char *name;
};

static void
put_text(FCGX_Stream *out, const char *s, size_t len)
{
    FCGX_PutChar('"', out);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];

        if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
            FCGX_FPrintF(out, "\\u%04x", c);
        else
            FCGX_PutChar(c, out);
    }
    FCGX_PutChar('"', out);
}

static void
put_params(FCGX_Request *req)
{
    for (char **p = req->envp; *p; p++) {
        const char *eq = strchr(*p, '=');

        if (p != req->envp)
            FCGX_PutChar(',', req->out);
        put_text(req->out, *p, (size_t)(eq - *p));
        FCGX_PutChar(':', req->out);
        put_text(req->out, eq + 1, strlen(eq + 1));
    }
}

static void
answer(FCGX_Request *req, const char *name)
{
    const char *uri = FCGX_GetParam("DOCUMENT_URI", req->envp);
    const char *status = strstr(uri, "/status/");
    const char *broken = strstr(uri, "/broken/");
    size_t body = 0;
    char buf[4096];
    int n;

    while ((n = FCGX_GetStr(buf, sizeof(buf), req->in)) > 0)
        body += (size_t)n;

    if (broken && strcmp(broken + strlen("/broken/"), name) == 0) {
        shutdown(req->ipcFd, SHUT_RDWR);
        return;
    }
    if (strcmp(uri, "/metrics") == 0) {
        FCGX_FPrintF(req->out, "Content-Type: text/plain\r\n\r\n"
                               "weir_commands_total 7\n");
        return;
    }
    FCGX_FPrintF(req->out,
                 "Status: %s\r\nContent-Type: application/json\r\n"
                 "X-Request-Id: mine\r\n\r\n{\"name\":\"%s\",\"body\":%lu,"
                 "\"params\":{",
                 status ? status + strlen("/status/") : "200", name,
                 (unsigned long)body);
    put_params(req);
    FCGX_FPrintF(req->out, "}}\n");
}

static void *
serve(void *arg)
{
    struct worker *w = arg;
    FCGX_Request req;

    FCGX_InitRequest(&req, w->fd, 0);
    while (FCGX_Accept_r(&req) == 0) {
        answer(&req, w->name);
        FCGX_Finish_r(&req);
    }

    return NULL;
}

int
main(int argc, char **argv)
{
    int threads = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 4;
    struct worker w;
    pthread_t id;

    if (argc < 3) {
        fprintf(stderr, "usage: fcgi_echo SOCKET NAME [THREADS]\n");
        return 2;
    }
    signal(SIGTERM, SIG_DFL);
    unlink(argv[1]);
    FCGX_Init();
    w.fd = FCGX_OpenSocket(argv[1], 128);
    w.name = argv[2];
    if (w.fd < 0) {
        fprintf(stderr, "fcgi_echo: '%s' does not open\n", argv[1]);
        return 1;
    }
    for (int i = 1; i < threads; i++)
        if (pthread_create(&id, NULL, serve, &w) != 0)
            return 1;
    serve(&w);

    return 0;
}
