/* Passwords, throttle, access and refresh tokens. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "engine/base/base64.h"
#include "fcgi_workers/login.h"
#include "tests/lib/t.h"

START_TEST(a_password_fits_its_hash_alone)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_logins *l = wr_logins_new();
    struct wr_err err = { 0 };
    const char *one, *two;
    bool ok;

    ck_assert_int_eq(wr_password_hash(l, a, "secret", &one, &err), 0);
    ck_assert_int_eq(wr_password_hash(l, a, "secret", &two, &err), 0);
    ck_assert_int_eq(strncmp(one, "$y$", 3), 0);
    ck_assert_str_ne(one, two); /* salted */
    ck_assert_int_eq(wr_password_check(l, "secret", one, &ok, &err), 0);
    ck_assert(ok);
    ck_assert_int_eq(wr_password_check(l, "Secret", one, &ok, &err), 0);
    ck_assert(!ok);
    ck_assert_int_eq(wr_password_check(l, "secret", NULL, &ok, &err), 0);
    ck_assert(!ok);
    ck_assert_int_eq(wr_password_check(l, "", "", &ok, &err), 0);
    ck_assert(!ok);
    wr_logins_free(l);
}
END_TEST

START_TEST(failures_make_an_account_wait)
{
    struct wr_logins *l = wr_logins_new();
    struct wr_err err = { 0 };
    int64_t now = 1000000, wait = 1000;

    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(wr_login_allowed(l, "ann", now, &err), 0);
        wr_login_result(l, "ann", now, /* ok= */ false);
    }
    for (int i = 0; i < 12; i++) {
        ck_assert_int_eq(wr_login_allowed(l, "ann", now, &err), WR_ETHROTTLED);
        ck_assert_int_eq(wr_login_allowed(l, "bob", now, &err), 0);
        now += wait - 1;
        ck_assert_int_eq(wr_login_allowed(l, "ann", now, &err), WR_ETHROTTLED);
        now++;
        ck_assert_int_eq(wr_login_allowed(l, "ann", now, &err), 0);
        wr_login_result(l, "ann", now, /* ok= */ false);
        wait = wait * 2 > 900000 ? 900000 : wait * 2;
    }
    now += 900000;
    wr_login_result(l, "ann", now, /* ok= */ true);
    wr_login_result(l, "ann", now, /* ok= */ false);
    ck_assert_int_eq(wr_login_allowed(l, "ann", now, &err), 0);
    wr_logins_free(l);
}
END_TEST

START_TEST(more_accounts_than_are_remembered)
{
    struct wr_logins *l = wr_logins_new();
    struct wr_err err = { 0 };

    for (int i = 0; i < 3000; i++) {
        char name[32];

        snprintf(name, sizeof(name), "user%d", i);
        for (int k = 0; k < 6; k++)
            wr_login_result(l, name, 1000 + i, /* ok= */ false);
    }
    ck_assert_int_eq(wr_login_allowed(l, "user2999", 4000, &err),
                     WR_ETHROTTLED);
    ck_assert_int_eq(wr_login_allowed(l, "user0", 1001, &err), 0);
    wr_logins_free(l);
}
END_TEST

START_TEST(an_access_token_is_signed_and_says_who)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    unsigned char key[32] = "0123456789abcdef0123456789abcde", mac[32];
    struct wr_access t = { .user = "a\"nn",
                           .roles = "viewer,operator",
                           .tenant = 3,
                           .session = wr_uuid_new(5, 0),
                           .now = 1700000000123,
                           .ttl_ms = 600000 };
    struct wr_str head = { .arena = a }, body = { .arena = a },
                  sign = { .arena = a };
    const char *token, *dot, *last;
    struct wr_err err = { 0 };
    unsigned len;

    ck_assert_int_eq(wr_access_token(a, key, &t, &token, &err), 0);
    dot = strchr(token, '.');
    last = strrchr(token, '.');
    ck_assert(dot && last > dot);
    ck_assert_int_eq(
        wr_base64url_get(&head, token, (size_t)(dot - token), &err), 0);
    ck_assert_int_eq(
        wr_base64url_get(&body, dot + 1, (size_t)(last - dot - 1), &err), 0);
    ck_assert_int_eq(wr_base64url_get(&sign, last + 1, strlen(last + 1), &err),
                     0);
    ck_assert_ptr_nonnull(strstr(wr_str_text(&head), "\"alg\":\"HS256\""));
    ck_assert_ptr_nonnull(strstr(wr_str_text(&head), "\"typ\":\"at+jwt\""));
    ck_assert_ptr_nonnull(strstr(wr_str_text(&body), "\"sub\":\"a\\\"nn\""));
    ck_assert_ptr_nonnull(
        strstr(body.s, "\"roles\":[\"viewer\",\"operator\"]"));
    ck_assert_ptr_nonnull(strstr(body.s, "\"exp\":1700000600"));
    HMAC(EVP_sha256(), key, 32, (const unsigned char *)token,
         (size_t)(last - token), mac, &len);
    ck_assert_uint_eq(sign.len, 32);
    ck_assert_mem_eq(sign.s, mac, 32);
}
END_TEST

START_TEST(a_refresh_token_is_its_session_and_a_secret)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    unsigned char one[WR_REFRESH_HASH], two[WR_REFRESH_HASH];
    struct wr_uuid session = wr_uuid_new(5, 0), back;
    struct wr_err err = { 0 };
    const char *token = wr_refresh_token(a, &session, one);
    char *bad = wr_arena_strdup(a, token);

    ck_assert_int_eq(wr_refresh_parse(token, &back, two, &err), 0);
    ck_assert(wr_uuid_equal(&session, &back));
    ck_assert_mem_eq(one, two, sizeof(one));
    ck_assert_str_ne(wr_refresh_token(a, &session, two), token);
    bad[strlen(bad) - 1] ^= 1;
    ck_assert_int_eq(wr_refresh_parse(bad, &back, two, &err), 0);
    ck_assert_mem_ne(one, two, sizeof(one));
    bad[strlen(bad) - 1] = '\0';
    ck_assert_int_eq(wr_refresh_parse(bad, &back, two, &err), WR_EUNAUTHORIZED);
    ck_assert_int_eq(wr_refresh_parse("", &back, two, &err), WR_EUNAUTHORIZED);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("login (rows 2 4 5)");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_password_fits_its_hash_alone);
    tcase_add_test(tc, failures_make_an_account_wait);
    tcase_add_test(tc, more_accounts_than_are_remembered);
    tcase_add_test(tc, an_access_token_is_signed_and_says_who);
    tcase_add_test(tc, a_refresh_token_is_its_session_and_a_secret);

    return t_main("login", tc, NULL);
}
