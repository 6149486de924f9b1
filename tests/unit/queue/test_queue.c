/* The contract of queue.h, for every backend: memory always, RabbitMQ where
 * WEIR_TEST_AMQP says where one is (suite queue).  What a broker alone can do
 * is done to it by WEIR_TEST_RABBITMQCTL. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/queue/queue.h"
#include "tests/lib/t.h"

enum {
    LIMIT = 2,
    WAIT = 20000, /* for what comes */
    NONE = 200    /* for what does not */
};

#define ONLY(name) (1U << WR_QUEUE_##name)

static struct wr_clock clock_;
static struct wr_arena *arena;
static struct wr_queue_broker *broker;
static struct wr_amqp *server;
static char prefix[64];
static struct wr_queue *queue, *other;
static struct wr_err err;

static struct wr_queue *
another(void)
{
    return broker ? wr_queue_memory(broker)
                  : wr_queue_amqp(
                      server, &(struct wr_queue_options){
                                  .prefix = prefix, .delivery_limit = LIMIT });
}

static void
open_memory(void)
{
    arena = wr_arena_new(1024);
    broker = wr_queue_broker_new(LIMIT);
    queue = another();
}

static struct wr_amqp *
server_at(const char *url)
{
    const struct wr_amqp_options o = {
        .url = url,
        .clock = &clock_,
        .wait_ms = 10000,
        .delay_ms = 10,
        .delay_max_ms = 100,
    };
    struct wr_amqp *a;

    ck_assert_msg(wr_amqp_new(&o, &a, &err) == 0, "%s", err.text);

    return a;
}

/* Each test has queues of its own: a broker keeps what others left. */
static void
open_amqp(void)
{
    static int n;
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    snprintf(prefix, sizeof(prefix), "test-%lld-%ld-%d", (long long)ts.tv_sec,
             ts.tv_nsec, ++n);
    arena = wr_arena_new(1024);
    server = server_at(getenv("WEIR_TEST_AMQP"));
    queue = another();
}

static void
drop(void)
{
    wr_queue_close(other);
    wr_queue_close(queue);
    other = queue = NULL;
    if (broker)
        wr_queue_broker_free(broker);
    broker = NULL;
    wr_amqp_free(server);
    server = NULL;
    wr_arena_free(arena);
}

static struct wr_queue_item
item(enum wr_queue_name to, const char *body)
{
    return (struct wr_queue_item){
        .to = to, .id = wr_uuid_new(1000, 7), .body = body, .len = strlen(body)
    };
}

static void
publish(struct wr_queue_item *items, size_t n)
{
    ck_assert_msg(wr_queue_publish(queue, items, n, &err) == 0, "%s", err.text);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(items[i].confirmed, "item %zu", i);
}

static size_t
take(struct wr_queue *q, int64_t wait, struct wr_queue_delivery *out,
     size_t cap)
{
    size_t n = 99;

    ck_assert_msg(wr_queue_take(q, wait, arena, out, cap, &n, &err) == 0, "%s",
                  err.text);

    return n;
}

static struct wr_queue_delivery
next(struct wr_queue *q)
{
    struct wr_queue_delivery d;

    ck_assert_uint_eq(take(q, WAIT, &d, 1), 1);

    return d;
}

static void
settle(struct wr_queue *q, const struct wr_queue_delivery *d,
       enum wr_queue_verdict verdict)
{
    ck_assert_msg(wr_queue_settle(q, &d->tag, verdict, &err) == 0, "%s",
                  err.text);
}

static void
nothing_more(struct wr_queue *q)
{
    struct wr_queue_delivery d;

    ck_assert_uint_eq(take(q, NONE, &d, 1), 0);
}

START_TEST(what_is_published_comes_once)
{
    struct wr_queue_item items[] = { item(WR_QUEUE_TIMERS, "t"),
                                     item(WR_QUEUE_MESSAGES, "m"),
                                     item(WR_QUEUE_SCRIPTS, "s"),
                                     item(WR_QUEUE_SERVICES, "{\"a\":1}") };
    unsigned seen = 0;

    publish(items, WR_COUNT(items));
    wr_queue_consume(queue, (1U << WR_QUEUES) - 1, 10);
    for (size_t i = 0; i < WR_COUNT(items); i++) {
        struct wr_queue_delivery d = next(queue);

        ck_assert_int_lt(d.from, WR_QUEUE_DEAD);
        ck_assert(wr_uuid_equal(&d.id, &items[d.from].id));
        ck_assert_str_eq(d.body, items[d.from].body);
        ck_assert_uint_eq(d.len, items[d.from].len);
        ck_assert_int_eq(d.returns, 0);
        ck_assert_ptr_null(d.reason);
        ck_assert(!d.cut);
        seen |= 1U << d.from;
        settle(queue, &d, WR_QUEUE_DONE);
    }
    ck_assert_uint_eq(seen, (1U << WR_QUEUE_DEAD) - 1);
    nothing_more(queue);
}
END_TEST

/* What wr_queue_depth() says comes to be `n`. */
static void
depth_is(enum wr_queue_name name, long n)
{
    long now = -1;

    for (int i = 0; i < WAIT / 10 && now != n; i++) {
        struct timespec ts = { .tv_nsec = 10000000 };

        ck_assert_msg(wr_queue_depth(queue, name, &now, &err) == 0, "%s",
                      err.text);
        if (now != n)
            nanosleep(&ts, NULL);
    }
    ck_assert_int_eq(now, n);
}

START_TEST(depth_counts_what_is_with_nobody)
{
    struct wr_queue_item items[] = { item(WR_QUEUE_TIMERS, "1"),
                                     item(WR_QUEUE_TIMERS, "2"),
                                     item(WR_QUEUE_SCRIPTS, "3") };
    struct wr_queue_delivery d;

    depth_is(WR_QUEUE_TIMERS, 0);
    publish(items, WR_COUNT(items));
    depth_is(WR_QUEUE_TIMERS, 2);
    depth_is(WR_QUEUE_SCRIPTS, 1);
    wr_queue_consume(queue, ONLY(TIMERS), 1);
    d = next(queue);
    depth_is(WR_QUEUE_TIMERS, 1);
    settle(queue, &d, WR_QUEUE_DONE);
}
END_TEST

/* However many offer it; the other one gets it when the first one is gone. */
START_TEST(dispatch_is_held_by_one)
{
    struct wr_queue_item first = item(WR_QUEUE_DISPATCH, ""), again = first;
    struct wr_queue_delivery d;

    other = another();
    wr_queue_consume(queue, ONLY(DISPATCH), 1);
    wr_queue_consume(other, ONLY(DISPATCH), 1);
    publish(&first, 1);
    d = next(queue);
    nothing_more(other);
    ck_assert_int_eq(wr_queue_publish(other, &again, 1, &err), 0);
    nothing_more(other);
    wr_queue_close(queue);
    queue = other;
    other = NULL;
    d = next(queue);
    ck_assert_int_eq(d.from, WR_QUEUE_DISPATCH);
}
END_TEST

START_TEST(a_queue_that_is_not_consumed_keeps_its_messages)
{
    struct wr_queue_item items[] = { item(WR_QUEUE_TIMERS, "t"),
                                     item(WR_QUEUE_SCRIPTS, "s") };
    struct wr_queue_delivery d;

    publish(items, 2);
    wr_queue_consume(queue, ONLY(TIMERS), 10);
    d = next(queue);
    ck_assert_int_eq(d.from, WR_QUEUE_TIMERS);
    settle(queue, &d, WR_QUEUE_DONE);
    nothing_more(queue);
    other = another();
    wr_queue_consume(other, ONLY(SCRIPTS), 10);
    d = next(other);
    ck_assert_str_eq(d.body, "s");
    settle(other, &d, WR_QUEUE_DONE);
}
END_TEST

START_TEST(more_than_a_window)
{
    enum {
        MANY = 1000
    };
    struct wr_queue_item *items = wr_newn(arena, struct wr_queue_item, MANY);
    struct wr_queue_delivery got[64];
    bool seen[MANY] = { false };
    size_t n = 0;

    for (int i = 0; i < MANY; i++)
        items[i] = item(WR_QUEUE_SERVICES, wr_arena_printf(arena, "%d", i));
    publish(items, MANY);
    wr_queue_consume(queue, ONLY(SERVICES), 50);
    while (n < MANY) {
        size_t k = take(queue, WAIT, got, WR_COUNT(got));

        ck_assert_uint_gt(k, 0);
        ck_assert_uint_le(k, 50);
        for (size_t i = 0; i < k; i++) {
            int number = atoi(got[i].body);

            ck_assert(!seen[number]);
            ck_assert(wr_uuid_equal(&got[i].id, &items[number].id));
            seen[number] = true;
            settle(queue, &got[i], WR_QUEUE_DONE);
        }
        n += k;
    }
    nothing_more(queue);
}
END_TEST

START_TEST(no_more_than_the_prefetch)
{
    struct wr_queue_item items[6];
    struct wr_queue_delivery d[6];

    for (size_t i = 0; i < WR_COUNT(items); i++)
        items[i] = item(WR_QUEUE_TIMERS, "x");
    publish(items, WR_COUNT(items));
    wr_queue_consume(queue, ONLY(TIMERS), 3);
    for (int i = 0; i < 3; i++)
        d[i] = next(queue);
    nothing_more(queue);
    settle(queue, &d[1], WR_QUEUE_DONE);
    d[1] = next(queue);
    nothing_more(queue);
}
END_TEST

START_TEST(given_back_comes_again_and_is_dead_in_the_end)
{
    struct wr_queue_item it = item(WR_QUEUE_SCRIPTS, "poison");
    struct wr_queue_delivery d;

    publish(&it, 1);
    wr_queue_consume(queue, ONLY(SCRIPTS) | ONLY(DEAD), 10);
    for (int i = 0; i <= LIMIT; i++) {
        d = next(queue);
        ck_assert_int_eq(d.from, WR_QUEUE_SCRIPTS);
        ck_assert_int_eq(d.returns, i);
        settle(queue, &d, WR_QUEUE_RETURN);
    }
    d = next(queue);
    ck_assert_int_eq(d.from, WR_QUEUE_DEAD);
    ck_assert_str_eq(d.reason, "delivery_limit");
    ck_assert_str_eq(d.origin, "scripts");
    ck_assert_str_eq(d.body, "poison");
    ck_assert(wr_uuid_equal(&d.id, &it.id));
    /* There it stays, however often. */
    for (int i = 0; i <= LIMIT + 1; i++) {
        settle(queue, &d, WR_QUEUE_RETURN);
        d = next(queue);
        ck_assert_int_eq(d.from, WR_QUEUE_DEAD);
    }
    settle(queue, &d, WR_QUEUE_DONE);
    nothing_more(queue);
}
END_TEST

START_TEST(rejected_is_a_dead_letter)
{
    struct wr_queue_item it = item(WR_QUEUE_MESSAGES, "?");
    struct wr_queue_delivery d;

    publish(&it, 1);
    wr_queue_consume(queue, ONLY(MESSAGES) | ONLY(DEAD), 10);
    d = next(queue);
    settle(queue, &d, WR_QUEUE_REJECT);
    d = next(queue);
    ck_assert_int_eq(d.from, WR_QUEUE_DEAD);
    ck_assert_str_eq(d.reason, "rejected");
    ck_assert_str_eq(d.origin, "messages");
    settle(queue, &d, WR_QUEUE_DONE);
    nothing_more(queue);
}
END_TEST

START_TEST(consumers_share_and_inherit)
{
    struct wr_queue_item items[] = { item(WR_QUEUE_TIMERS, "1"),
                                     item(WR_QUEUE_TIMERS, "2") };
    struct wr_queue_delivery a, b;

    other = another();
    wr_queue_consume(queue, ONLY(TIMERS), 1);
    wr_queue_consume(other, ONLY(TIMERS), 1);
    publish(items, 2);
    a = next(queue);
    b = next(other);
    ck_assert(!wr_uuid_equal(&a.id, &b.id));
    settle(queue, &a, WR_QUEUE_DONE);
    nothing_more(queue);
    wr_queue_close(other);
    other = NULL;
    a = next(queue);
    ck_assert(wr_uuid_equal(&a.id, &b.id));
    ck_assert_int_eq(a.returns, 1);
    settle(queue, &a, WR_QUEUE_DONE);
}
END_TEST

START_TEST(settled_once)
{
    struct wr_queue_item it = item(WR_QUEUE_TIMERS, "x");
    struct wr_queue_delivery d;

    publish(&it, 1);
    wr_queue_consume(queue, ONLY(TIMERS), 1);
    d = next(queue);
    settle(queue, &d, WR_QUEUE_DONE);
    ck_assert_int_eq(wr_queue_settle(queue, &d.tag, WR_QUEUE_RETURN, &err),
                     WR_ENOTFOUND);
    nothing_more(queue); /* and all goes on */
    publish(&it, 1);
    d = next(queue);
    settle(queue, &d, WR_QUEUE_DONE);
}
END_TEST

START_TEST(bodies)
{
    size_t len = 300000;
    char *big = wr_arena_alloc(arena, WR_QUEUE_BODY_MAX + 1);
    struct wr_queue_item items[] = { item(WR_QUEUE_TIMERS, ""),
                                     item(WR_QUEUE_SCRIPTS, big) };

    for (size_t i = 0; i < len; i++)
        big[i] = (char)(i * 31 % 256); /* NULs among them */
    items[1].len = len;
    publish(items, 2);
    wr_queue_consume(queue, ONLY(TIMERS) | ONLY(SCRIPTS), 1);
    for (int i = 0; i < 2; i++) {
        struct wr_queue_delivery d = next(queue);

        ck_assert_uint_eq(d.len, d.from == WR_QUEUE_TIMERS ? 0 : len);
        ck_assert(memcmp(d.body, big, d.len) == 0);
        ck_assert_int_eq(d.body[d.len], 0);
        settle(queue, &d, WR_QUEUE_DONE);
    }
    items[1].len = WR_QUEUE_BODY_MAX + 1;
    ck_assert_int_eq(wr_queue_publish(queue, items, 2, &err), WR_ELIMIT);
    ck_assert(!items[0].confirmed);
    nothing_more(queue);
}
END_TEST

/* ---- a broker of its own ---- */

static void
ctl(const char *words)
{
    const char *program = getenv("WEIR_TEST_RABBITMQCTL");
    char *line = wr_arena_printf(arena, "%s %s", program ? program : "false",
                                 words);

    ck_assert_msg(system(line) == 0, "%s", line);
}

static struct wr_link_view
look(struct wr_amqp *a)
{
    struct wr_link_view v;

    wr_link_look(wr_amqp_link(a), &v);

    return v;
}

/* Away for as long as it is. */
static void
take_when_back(struct wr_queue_delivery *d)
{
    struct timespec pause = { .tv_nsec = 20000000 };
    size_t n = 0;

    for (int i = 0; i < 1000 && n == 0; i++) {
        if (wr_queue_take(queue, 100, arena, d, 1, &n, &err) < 0) {
            ck_assert_int_eq(err.code, WR_ESTORE);
            nanosleep(&pause, NULL);
        }
    }
    ck_assert_uint_eq(n, 1);
}

START_TEST(the_broker_goes_and_comes)
{
    struct wr_queue_item it = item(WR_QUEUE_TIMERS, "kept");
    struct wr_queue_delivery d, again;

    ck_assert_int_eq(look(server).state, WR_LINK_CONNECTING);
    publish(&it, 1);
    ck_assert_int_eq(look(server).state, WR_LINK_READY);
    wr_queue_consume(queue, ONLY(TIMERS), 1);
    d = next(queue);
    ctl("stop_app");
    ck_assert_int_eq(wr_queue_publish(queue, &it, 1, &err), WR_ESTORE);
    ck_assert(!it.confirmed);
    ck_assert_int_eq(look(server).state, WR_LINK_BROKEN);
    ck_assert_int_ge(look(server).losses, 1);
    ctl("start_app");
    take_when_back(&again);
    ck_assert(wr_uuid_equal(&again.id, &it.id));
    ck_assert_int_eq(look(server).state, WR_LINK_READY);
    /* The delivery of before is nobody's. */
    ck_assert_int_eq(wr_queue_settle(queue, &d.tag, WR_QUEUE_DONE, &err),
                     WR_ENOTFOUND);
    settle(queue, &again, WR_QUEUE_DONE);
    publish(&it, 1);
    d = next(queue);
    settle(queue, &d, WR_QUEUE_DONE);
}
END_TEST

START_TEST(a_lost_queue_is_declared_again)
{
    struct wr_queue_item items[] = { item(WR_QUEUE_TIMERS, "1"),
                                     item(WR_QUEUE_SCRIPTS, "2") };
    struct wr_queue_delivery d;

    publish(items, 2);
    ctl(wr_arena_printf(arena, "delete_queue %s.timers", prefix));
    ck_assert_msg(wr_queue_publish(queue, items, 2, &err) == 0, "%s", err.text);
    ck_assert(!items[0].confirmed); /* it is said which one */
    ck_assert(items[1].confirmed);
    publish(items, 1);
    wr_queue_consume(queue, ONLY(TIMERS), 1);
    d = next(queue);
    settle(queue, &d, WR_QUEUE_DONE);
    /* The same for one that is consumed. */
    ctl(wr_arena_printf(arena, "delete_queue %s.timers", prefix));
    ck_assert_int_eq(
        wr_queue_take(queue, WAIT, arena, &d, 1, &(size_t){ 0 }, &err),
        WR_ESTORE);
    other = queue;
    queue = another();
    publish(items, 1);
    wr_queue_close(queue);
    queue = other;
    other = NULL;
    take_when_back(&d);
    settle(queue, &d, WR_QUEUE_DONE);
}
END_TEST

START_TEST(another_topology_is_not_taken)
{
    struct wr_queue_item it = item(WR_QUEUE_TIMERS, "x");

    publish(&it, 1);
    other = wr_queue_amqp(
        server, &(struct wr_queue_options){ .prefix = prefix,
                                            .delivery_limit = LIMIT + 1 });
    ck_assert_int_eq(wr_queue_publish(other, &it, 1, &err), WR_ESTORE);
    ck_assert_ptr_nonnull(strstr(err.text, "timers"));
    ck_assert_ptr_nonnull(strstr(err.text, "x-delivery-limit"));
}
END_TEST

START_TEST(why_it_does_not_connect)
{
    struct wr_amqp *a = server_at("amqp://nobody:wrong@127.0.0.1:1/none");
    struct wr_queue_item it = item(WR_QUEUE_TIMERS, "x");

    ck_assert_int_eq(wr_amqp_beat(a, &err), WR_ESTORE);
    ck_assert_ptr_nonnull(strstr(err.text, "connect: "));
    ck_assert_int_eq(look(a).state, WR_LINK_BROKEN);
    wr_amqp_free(a);
    a = server_at(getenv("WEIR_TEST_AMQP_WRONG"));
    ck_assert_int_eq(wr_amqp_beat(a, &err), WR_ESTORE);
    ck_assert_ptr_nonnull(strstr(err.text, "log in: ACCESS_REFUSED"));
    wr_amqp_free(a);
    ck_assert_int_eq(wr_amqp_beat(server, &err), 0);
    ck_assert_int_eq(wr_amqp_beat(server, &err), 0);
    ck_assert_int_eq(look(server).state, WR_LINK_READY);
    ck_assert_int_eq(look(server).connects, 1);
    publish(&it, 1);
}
END_TEST

static TCase *
judge(const char *name, void (*open)(void))
{
    TCase *tc = tcase_create(name);

    tcase_add_checked_fixture(tc, open, drop);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, what_is_published_comes_once);
    tcase_add_test(tc, a_queue_that_is_not_consumed_keeps_its_messages);
    tcase_add_test(tc, more_than_a_window);
    tcase_add_test(tc, no_more_than_the_prefetch);
    tcase_add_test(tc, given_back_comes_again_and_is_dead_in_the_end);
    tcase_add_test(tc, rejected_is_a_dead_letter);
    tcase_add_test(tc, consumers_share_and_inherit);
    tcase_add_test(tc, settled_once);
    tcase_add_test(tc, depth_counts_what_is_with_nobody);
    tcase_add_test(tc, dispatch_is_held_by_one);
    tcase_add_test(tc, bodies);

    return tc;
}

int
main(void)
{
    TCase *tc = NULL;

    if (getenv("WEIR_TEST_AMQP")) {
        tc = judge("amqp", open_amqp);
        tcase_add_test(tc, the_broker_goes_and_comes);
        tcase_add_test(tc, a_lost_queue_is_declared_again);
        tcase_add_test(tc, another_topology_is_not_taken);
        tcase_add_test(tc, why_it_does_not_connect);
    }

    return t_main("queue", judge("memory", open_memory), tc, NULL);
}
