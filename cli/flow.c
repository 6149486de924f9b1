/*
 * flow: runs .flow scripts line by line (docs/testing.md).
 *
 * Lines at the margin are operations and checks; indented ones are lines of the
 * trace of the operation above, which must appear in that order.  An expected
 * line matches a traced one that begins with the same words.  "also" looks from
 * the beginning again: instances that call each other have no common order.
 */
#include "cli/flow.h"

#include <ctype.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/flow_line.h"
#include "engine/base/json.h"

#define START_AT INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */

/* ---- lines ---- */

/* End of the word that begins at `s`; NULL when a quote or bracket is open. */
static const char *
word_end(const char *s)
{
    bool quoted = false;
    int depth = 0;

    for (; *s && (quoted || depth > 0 || !isspace((unsigned char)*s)); s++) {
        if (quoted && *s == '\\' && s[1])
            s++;
        else if (*s == '"')
            quoted = !quoted;
        else if (!quoted && (*s == '{' || *s == '['))
            depth++;
        else if (!quoted && (*s == '}' || *s == ']'))
            depth--;
    }

    return quoted || depth > 0 ? NULL : s;
}

/* The end of NAME in NAME=JSON, where NAME may be quoted; NULL: no such word. */
static const char *
name_end(const char *word)
{
    const char *p = word;

    if (*word == '"') {
        p = strchr(word + 1, '"');
        return p && p[1] == '=' ? p + 1 : NULL;
    }
    while (isalnum((unsigned char)*p) || *p == '_' || *p == '.')
        p++;

    return p > word && *p == '=' ? p : NULL;
}

/* Text that is no JSON is a string. */
static int
add_value(struct wr_arena *a, const char *word, struct wr_entry *out,
          struct wr_err *err)
{
    const char *eq = name_end(word);
    bool quoted = *word == '"';
    const struct wr_value *v;

    if (wr_json_parse(a, eq + 1, strlen(eq + 1), &v, err) < 0)
        v = wr_value_string(a, eq + 1);
    if (wr_json_untype(a, v, &out->value, err) < 0)
        return wr_wrap(err, "'%s'", word);
    out->key = wr_arena_strndup(a, word + quoted,
                                (size_t)(eq - word) - 2 * quoted);

    return 0;
}

static int
add_word(struct wr_arena *a, const char *word, struct wr_flow_line *out,
         struct wr_err *err)
{
    const struct wr_value *v;

    if (out->n >= WR_FLOW_WORDS || out->n_values >= WR_FLOW_WORDS)
        return wr_fail(err, WR_ELIMIT, "too many words");
    if (name_end(word))
        return add_value(a, word, &out->values[out->n_values++], err);
    if (*word == '"') {
        if (wr_json_parse(a, word, strlen(word), &v, err) < 0)
            return err->code;
        word = v->string.s;
    }
    out->words[out->n++] = word;

    return 0;
}

int
wr_flow_split(struct wr_arena *a, const char *text, struct wr_flow_line *out,
              struct wr_err *err)
{
    const char *end;

    *out = (struct wr_flow_line){ 0 };
    for (;; text = end) {
        while (isspace((unsigned char)*text))
            text++;
        if (!*text || *text == '#')
            return 0;
        end = word_end(text);
        if (!end)
            return wr_fail(err, WR_EINVALID, "a quote or bracket is open: %s",
                           text);
        if (add_word(a, wr_arena_strndup(a, text, (size_t)(end - text)), out,
                     err)
            < 0)
            return err->code;
    }
}

const struct wr_value *
wr_flow_values(struct wr_arena *a, const struct wr_flow_line *l)
{
    return wr_value_context(a, l->values, (size_t)l->n_values);
}

const char *
wr_flow_after(const struct wr_flow_line *l, const char *word)
{
    for (int i = 1; i + 1 < l->n; i++)
        if (strcmp(l->words[i], word) == 0)
            return l->words[i + 1];

    return NULL;
}

int
wr_flow_instance(struct wr_script *f, const struct wr_flow_line *l,
                 struct wr_uuid *out, struct wr_err *err)
{
    const char *alias = wr_flow_after(l, "of");

    if (!alias)
        alias = wr_flow_after(l, "in");
    if (alias)
        return wr_stage_instance(f->stage, alias, out, err);
    if (!f->stage->names)
        return wr_fail(err, WR_ENOTFOUND, "nothing was started yet");
    *out = f->stage->names->instance;

    return 0;
}

/* ---- the trace ---- */

static bool
begins_with(const char *line, size_t len, const char *want)
{
    size_t n = strlen(want);

    return len >= n && strncmp(line, want, n) == 0
           && (len == n || line[n] == ' ');
}

static int
expect_trace(struct wr_script *f, const char *want, struct wr_err *err)
{
    const char *at = f->trace_at, *end;

    if (strncmp(want, "also ", 5) == 0) {
        want += 5;
        at = f->trace;
    }
    for (; *at; at = end + 1) {
        end = strchr(at, '\n');
        if (!end)
            break;
        if (begins_with(at, (size_t)(end - at), want)) {
            f->trace_at = end + 1;
            return 0;
        }
    }

    return wr_fail(err, WR_ESTATE, "the trace has no '%s' here", want);
}

/* ---- running ---- */

/* "expect CODE OPERATION": it must fail with that problem code. */
static int
expect_failure(struct wr_script *f, const struct wr_flow_line *l, bool *known,
               struct wr_err *err)
{
    struct wr_flow_line rest = *l;
    const char *code = l->n > 2 ? l->words[1] : NULL;

    if (!code)
        return wr_fail(err, WR_EINVALID, "expect wants a code, an operation");
    memmove(rest.words, rest.words + 2,
            (size_t)(rest.n - 2) * sizeof(*rest.words));
    rest.n -= 2;
    if (wr_flow_do(f, &rest, known, err) == 0)
        return *known ? wr_fail(err, WR_ESTATE, "it did not fail") : 0;
    if (strcmp(wr_code_problem(err->code), code) != 0)
        return wr_wrap(err, "failed with %s", wr_code_problem(err->code));

    return 0;
}

static int
run_words(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    bool known = false;
    int r;

    if (wr_flow_see(f, l, &known, err) < 0)
        return err->code;
    if (known)
        return 0;
    wr_stage_mark(f->stage);
    if (strcmp(l->words[0], "expect") == 0)
        r = expect_failure(f, l, &known, err);
    else
        r = wr_flow_do(f, l, &known, err);
    f->trace = f->trace_at = wr_str_text(&f->stage->trace);
    if (r == 0 && !known)
        return wr_fail(err, WR_EINVALID, "no operation '%s'", l->words[0]);

    return r;
}

static const char *
trim(struct wr_arena *a, const char *text)
{
    size_t n;

    while (isspace((unsigned char)*text))
        text++;
    n = strlen(text);
    while (n > 0 && isspace((unsigned char)text[n - 1]))
        n--;

    return wr_arena_strndup(a, text, n);
}

static int
run_line(struct wr_script *f, const char *text, struct wr_err *err)
{
    struct wr_flow_line l;
    const char *bare = trim(f->arena, text);

    if (!*bare || *bare == '#')
        return 0;
    if (isspace((unsigned char)*text))
        return expect_trace(f, bare, err);
    if (wr_flow_split(f->arena, bare, &l, err) < 0)
        return err->code;
    if (l.n == 0)
        return wr_fail(err, WR_EINVALID, "a line begins with a word");

    return run_words(f, &l, err);
}

static int
run_text(struct wr_script *f, const char *text, struct wr_err *err)
{
    for (int line = 1; *text; line++) {
        const char *end = strchr(text, '\n');
        size_t len = end ? (size_t)(end - text) : strlen(text);

        if (run_line(f, wr_arena_strndup(f->arena, text, len), err) < 0)
            return wr_wrap(err, "line %d", line);
        text += len + (end != NULL);
    }

    return 0;
}

static int
run(const char *path, const struct wr_play_options *o, struct wr_arena *a,
    struct wr_err *err)
{
    wr_auto(wr_stage_close) struct wr_stage *stage = NULL;
    const char *slash = strrchr(path, '/');
    struct wr_script f = { .arena = a, .trace = "", .trace_at = "" };
    struct wr_str text;

    if (wr_cli_read(a, path, &text, err) < 0)
        return err->code;
    f.dir = slash ? wr_arena_strndup(a, path, (size_t)(slash - path)) : NULL;
    if (wr_stage_open(&(struct wr_stage_options){ .store_url = o->store_url,
                                                  .reload = o->reload,
                                                  .step_budget = o->step_budget,
                                                  .shuffle = o->shuffle,
                                                  .spill_from = o->spill_from,
                                                  .now = START_AT,
                                                  .audit = true,
                                                  .handler = wr_handlers_run,
                                                  .handled = wr_handlers_has,
                                                  .handler_data = &f.handlers },
                      &stage, err)
        < 0)
        return err->code;
    f.stage = stage;

    if (run_text(&f, wr_str_text(&text), err) < 0)
        return err->code;

    return wr_stage_audit(stage, err) < 0 ? err->code
                                          : wr_stage_folded(stage, err);
}

void
wr_flow_run(const char *path, const struct wr_play_options *o,
            struct wr_tally *tally)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);
    const char *slash = strrchr(path, '/');
    const char *id = slash ? slash + 1 : path;
    struct wr_err err = { 0 };

    if (run(path, o, a, &err) < 0)
        wr_tally_not_ok(tally, id, "%s", err.text);
    else
        wr_tally_ok(tally, id);
}
