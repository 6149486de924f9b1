/* The hub: who subscribed hears what moved, or that anything may have. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fcgi_workers/hub.h"
#include "tests/lib/t.h"

struct packet {
    struct wr_hub_head head;
    struct wr_moved moved[WR_HUB_PACKET];
};

static struct sockaddr_un addr = { .sun_family = AF_UNIX };
static struct wr_hub *hub;
static int fd;

static void
setup(void)
{
    struct wr_err err = { 0 };

    /* an abstract one: nothing is left behind */
    snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1, "weir-hub-%ld",
             (long)getpid());
    fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
    ck_assert_int_eq(listen(fd, 8), 0);
    ck_assert_int_eq(wr_hub_open(fd, &hub, &err), 0);
}

static void
teardown(void)
{
    wr_hub_close(hub);
    close(fd);
}

/* The number of entries; -1: the end. */
static int
hear(int s, struct packet *p)
{
    struct pollfd wait = { .fd = s, .events = POLLIN };
    ssize_t n;

    ck_assert_int_eq(poll(&wait, 1, 10000), 1);
    n = recv(s, p, sizeof(*p), 0);
    if (n <= 0)
        return -1;
    ck_assert_uint_eq(p->head.magic, WR_HUB_MAGIC);
    ck_assert_uint_eq((size_t)n,
                      sizeof(p->head) + p->head.n * sizeof(p->moved[0]));

    return p->head.n;
}

static int
subscribe(void)
{
    int s = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    struct packet p;

    ck_assert_int_eq(connect(s, (struct sockaddr *)&addr, sizeof(addr)), 0);
    ck_assert_int_eq(hear(s, &p), 0);
    ck_assert_uint_eq(p.head.flags, WR_HUB_ALL);

    return s;
}

START_TEST(every_subscriber_hears_what_moved)
{
    const struct wr_moved moved[] = {
        { .topic = 7, .n = 2 },
        { .topic = 8, .flags = WR_MOVED_ENDED },
    };
    int subs[2] = { subscribe(), subscribe() };
    struct packet p;

    wr_hub_tell(hub, moved, 2);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(hear(subs[i], &p), 2);
        ck_assert_uint_eq(p.head.flags, 0);
        ck_assert_mem_eq(p.moved, moved, sizeof(moved));
        close(subs[i]);
    }
}
END_TEST

START_TEST(more_than_a_packet_comes_in_several)
{
    struct wr_moved moved[WR_HUB_PACKET + 44] = { 0 };
    int s = subscribe(), n = 0;
    struct packet p;

    for (int i = 0; i < WR_HUB_PACKET + 44; i++)
        moved[i].topic = (uint64_t)i;
    wr_hub_tell(hub, moved, WR_HUB_PACKET + 44);
    while (n < WR_HUB_PACKET + 44) {
        int got = hear(s, &p);

        ck_assert_int_gt(got, 0);
        for (int i = 0; i < got; i++)
            ck_assert_uint_eq(p.moved[i].topic, (uint64_t)(n + i));
        n += got;
    }
    close(s);
}
END_TEST

/* Who does not read is cut off; those who do lose nothing by it. */
START_TEST(a_subscriber_that_does_not_read_is_cut_off)
{
    struct wr_moved moved[WR_HUB_PACKET] = { 0 };
    int slow = subscribe();
    struct wr_hub_stats st;
    struct packet p;
    int fresh, n = 0;

    do {
        wr_hub_tell(hub, moved, WR_HUB_PACKET);
        wr_hub_look(hub, &st);
    } while (st.resets == 0);
    fresh = subscribe();
    wr_hub_tell(hub, moved, 1);
    ck_assert_int_ge(hear(fresh, &p), 0);
    while (hear(slow, &p) >= 0)
        n++;
    ck_assert_int_gt(n, 0);
    close(slow);
    close(fresh);
}
END_TEST

START_TEST(who_goes_is_forgotten)
{
    int s = subscribe();
    struct wr_hub_stats st;

    close(s);
    do {
        poll(NULL, 0, 1);
        wr_hub_look(hub, &st);
    } while (st.subscribers > 0);
    ck_assert_int_eq((int)st.resets, 0);
}
END_TEST

/* A start moves jobs, not its instance; what is leased or later moves nothing. */
START_TEST(a_commit_moves_jobs_and_who_looks_at_the_instance)
{
    const struct wr_uuid id = { { 1 } }, root = { { 2 } }, lease = { { 3 } };
    struct wr_job_op jobs[5];
    struct wr_effects fx = { .instance = { .id = id, .rev = 3 },
                             .jobs = jobs,
                             .n_jobs = 5 };
    struct packet p;
    int s = subscribe();

    for (int i = 0; i < 5; i++)
        jobs[i] = (struct wr_job_op){
            .op = WR_OP_PUT,
            .row = { .type = "t", .tenant = 4, .retries = 1, .due_at = 10 },
        };
    jobs[2].row.due_at = 11;
    jobs[3].row.lease = lease;
    jobs[4].row.retries = 0;
    wr_hub_committed(hub, &fx, 10);
    ck_assert_int_eq(hear(s, &p), 1);
    ck_assert_uint_eq(p.moved[0].topic, wr_topic_jobs(4, "t"));
    ck_assert_uint_eq(p.moved[0].n, 2);
    fx.n_jobs = 0;
    fx.expected_rev = 3;
    wr_hub_committed(hub, &fx, 10); /* nobody's business */
    fx.instance.state = WR_COMPLETED;
    wr_hub_committed(hub, &fx, 10);
    ck_assert_int_eq(hear(s, &p), 1);
    ck_assert_uint_eq(p.moved[0].topic, wr_topic_instance(&id));
    ck_assert_uint_eq(p.moved[0].flags, WR_MOVED_ENDED);
    fx.instance.root = root; /* a called one: its topmost caller goes on */
    wr_hub_committed(hub, &fx, 10);
    ck_assert_int_eq(hear(s, &p), 1);
    ck_assert_uint_eq(p.moved[0].topic, wr_topic_instance(&root));
    ck_assert_uint_eq(p.moved[0].flags, 0);
    close(s);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("hub (rows 105)");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, every_subscriber_hears_what_moved);
    tcase_add_test(tc, more_than_a_packet_comes_in_several);
    tcase_add_test(tc, a_subscriber_that_does_not_read_is_cut_off);
    tcase_add_test(tc, who_goes_is_forgotten);
    tcase_add_test(tc, a_commit_moves_jobs_and_who_looks_at_the_instance);

    return t_main("hub", tc, NULL);
}
