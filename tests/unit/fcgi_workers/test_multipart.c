/* multipart/form-data: files out of a body, or why not. */
#include "tests/lib/t.h"

#include <string.h>

#include "engine/base/str.h"
#include "fcgi_workers/multipart.h"

#define TYPE "multipart/form-data; boundary=b"
#define PART(name, text)                                              \
    "--b\r\nContent-Disposition: form-data; name=f; filename=\"" name \
    "\"\r\n\r\n" text "\r\n"
#define END "--b--\r\n"

/* `files`: "name=bytes\n" each, or the error's code. */
static const struct {
    const char *type, *body, *files;
    int code;
} cases[] = {
    { TYPE, PART("a", "1") END, "a=1\n", 0 },
    { TYPE, PART("a", "1") PART("b", "") END, "a=1\nb=\n", 0 },
    { TYPE, PART("a", "1") "--b--", "a=1\n", 0 },
    { TYPE, PART("a", "1\r\n--c\r\n2") END, "a=1\r\n--c\r\n2\n", 0 },
    { TYPE, PART("a", "1\n--b\n2") END, "a=1\n--b\n2\n", 0 },
    { "multipart/form-data; boundary=\"b\"", PART("a", "1") END, "a=1\n", 0 },
    { "multipart/form-data; BOUNDARY=b; x=y", PART("a", "1") END, "a=1\n", 0 },
    { TYPE, PART("/etc/passwd", "1") END, "passwd=1\n", 0 },
    { TYPE, PART("C:\\x\\a.bpmn", "1") END, "a.bpmn=1\n", 0 },
    { "multipart/form-data", PART("a", "1") END, NULL, WR_EINVALID },
    { "multipart/form-data; boundary=", PART("a", "1") END, NULL, WR_EINVALID },
    { "multipart/form-data; boundary=\"b", PART("a", "1") END, NULL,
      WR_EINVALID },
    { "multipart/form-data; boundary="
      "12345678901234567890123456789012345678901234567890123456789012345678901",
      PART("a", "1") END, NULL, WR_EINVALID },
    { TYPE, "", NULL, WR_EINVALID },
    { TYPE, "--", NULL, WR_EINVALID },
    { TYPE, "--b", NULL, WR_EINVALID },
    { TYPE, END, NULL, WR_EINVALID },
    { TYPE, "x" PART("a", "1") END, NULL, WR_EINVALID },
    { TYPE, PART("a", "1"), NULL, WR_EINVALID },
    { TYPE, "--b\r\n\r\n1\r\n" END, NULL, WR_EINVALID },
    { TYPE, "--bx\r\nfilename=a\r\n\r\n1\r\n" END, NULL, WR_EINVALID },
    { TYPE, "--b\r\nfilename=a\r\n" END, NULL, WR_EINVALID },
    { TYPE, "--b\r\nfilename=a\r\n\r\n--b--", NULL, WR_EINVALID },
    { TYPE, PART("", "1") END, NULL, WR_EINVALID },
    { TYPE, PART("x/", "1") END, NULL, WR_EINVALID },
    { TYPE, PART("a", "1") PART("a", "2") END, NULL, WR_EINVALID },
    { TYPE, PART("a", "1") PART("x/a", "2") END, NULL, WR_EINVALID },
};

START_TEST(files_or_why_not)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    const char *body = cases[_i].body;
    const struct wr_file *files;
    struct wr_str s = { .arena = a };
    struct wr_err err = { 0 };
    int n, rc;

    rc = wr_multipart_files(a, cases[_i].type, body, strlen(body), &files, &n,
                            &err);
    ck_assert_msg(rc == cases[_i].code, "%s: %s", body, err.text);
    if (rc < 0)
        return;
    for (int i = 0; i < n; i++)
        wr_str_printf(&s, "%s=%.*s\n", files[i].name, (int)files[i].len,
                      (const char *)files[i].bytes);
    ck_assert_str_eq(wr_str_text(&s), cases[_i].files);
}
END_TEST

START_TEST(bytes_of_any_kind_come_through)
{
    static const char body[] = PART("a", "\0\r\n\xff") END;
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    const struct wr_file *files;
    struct wr_err err = { 0 };
    int n;

    ck_assert_int_eq(
        wr_multipart_files(a, TYPE, body, sizeof(body) - 1, &files, &n, &err),
        0);
    ck_assert_uint_eq(files[0].len, 4);
    ck_assert_mem_eq(files[0].bytes, "\0\r\n\xff", 4);
}
END_TEST

START_TEST(so_many_files_and_no_more)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    const struct wr_file *files;
    struct wr_err err = { 0 };

    for (int extra = 0; extra < 2; extra++) {
        struct wr_str s = { .arena = a };
        int n, rc;

        for (int i = 0; i < WR_MULTIPART_FILES + extra; i++)
            wr_str_printf(&s, "--b\r\nx; filename=f%d\r\n\r\n1\r\n", i);
        wr_str_add(&s, END);
        rc = wr_multipart_files(a, TYPE, s.s, s.len, &files, &n, &err);
        ck_assert_int_eq(rc, extra ? WR_ELIMIT : 0);
    }
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("multipart");

    tcase_add_loop_test(tc, files_or_why_not, 0, (int)WR_COUNT(cases));
    tcase_add_test(tc, bytes_of_any_kind_come_through);
    tcase_add_test(tc, so_many_files_and_no_more);

    return t_main("multipart", tc, NULL);
}
