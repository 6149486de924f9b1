/* Passwords, throttle, access and refresh tokens. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdatomic.h>
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

static int
begin(struct wr_logins *l, const char *user, int64_t now)
{
    struct wr_err err = { 0 };

    return wr_login_begin(l, user, now, &err);
}

static void
fail_once(struct wr_logins *l, const char *user, int64_t now)
{
    ck_assert_int_eq(begin(l, user, now), 0);
    wr_login_end(l, user, now, WR_LOGIN_WRONG);
}

START_TEST(failures_make_an_account_wait)
{
    struct wr_logins *l = wr_logins_new();
    int64_t now = 1000000, wait = 1000;

    for (int i = 0; i < 5; i++)
        fail_once(l, "ann", now);
    fail_once(l, "bob", now);
    for (int i = 0; i < 12; i++) {
        ck_assert_int_eq(begin(l, "ann", now), WR_ETHROTTLED);
        now += wait - 1;
        ck_assert_int_eq(begin(l, "ann", now), WR_ETHROTTLED);
        now++;
        fail_once(l, "ann", now);
        wait = wait * 2 > 900000 ? 900000 : wait * 2;
    }
    now += 900000;
    ck_assert_int_eq(begin(l, "ann", now), 0);
    wr_login_end(l, "ann", now, WR_LOGIN_OK);
    fail_once(l, "ann", now);
    fail_once(l, "ann", now);
    wr_logins_free(l);
}
END_TEST

START_TEST(a_try_that_was_not_decided_does_not_count)
{
    struct wr_logins *l = wr_logins_new();

    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(begin(l, "ann", 1000), 0);
        wr_login_end(l, "ann", 1000, WR_LOGIN_UNDECIDED);
    }
    fail_once(l, "ann", 1000);
    wr_logins_free(l);
}
END_TEST

struct guesses {
    struct wr_logins *l;
    atomic_int passed, refused;
};

/* A guess is wrong; it takes as long as the hash of the real one. */
static void *
guess(void *data)
{
    struct guesses *g = data;
    struct wr_err err = { 0 };
    bool ok;

    if (begin(g->l, "ann", 1000) == WR_ETHROTTLED) {
        atomic_fetch_add(&g->refused, 1);
        return NULL;
    }
    atomic_fetch_add(&g->passed, 1);
    ck_assert_int_eq(wr_password_check(g->l, "guess", NULL, &ok, &err), 0);
    wr_login_end(g->l, "ann", 1000, WR_LOGIN_WRONG);

    return NULL;
}

START_TEST(guesses_at_once_are_no_more_than_one_after_the_other)
{
    struct guesses g = { .l = wr_logins_new() };
    pthread_t threads[30];

    for (size_t i = 0; i < WR_COUNT(threads); i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, guess, &g), 0);
    for (size_t i = 0; i < WR_COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(atomic_load(&g.passed), 5);
    ck_assert_int_eq(atomic_load(&g.refused), 25);
    wr_logins_free(g.l);
}
END_TEST

START_TEST(more_accounts_than_are_remembered)
{
    struct wr_logins *l = wr_logins_new();

    for (int i = 0; i < 3000; i++) {
        char name[32];

        snprintf(name, sizeof(name), "user%d", i);
        for (int k = 0; k < 5; k++)
            fail_once(l, name, 1000 + i);
    }
    ck_assert_int_eq(begin(l, "user2999", 4000 - 1), WR_ETHROTTLED);
    ck_assert_int_eq(begin(l, "user0", 1001), 0);
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
    tcase_add_test(tc, a_try_that_was_not_decided_does_not_count);
    tcase_add_test(tc, guesses_at_once_are_no_more_than_one_after_the_other);
    tcase_add_test(tc, more_accounts_than_are_remembered);
    tcase_add_test(tc, an_access_token_is_signed_and_says_who);
    tcase_add_test(tc, a_refresh_token_is_its_session_and_a_secret);

    return t_main("login", tc, NULL);
}
