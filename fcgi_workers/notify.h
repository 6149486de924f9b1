/*
 * notify.h: tell somebody of new incidents, by webhook or mail (docs/jobs.md).
 *
 * The commit that opens an incident leaves a row in the outbox (exec/notice.c).
 * Slot 0 collects those of one kind for notify_window, claims them, tells of
 * them and removes them: at least once, whoever is killed meanwhile.  What is
 * claimed by one that died is told by the next when the claim is over.
 *
 *     webhook   POST of one JSON document; Weir-Timestamp: seconds;
 *               Weir-Signature: v1=HMAC-SHA256(notify_secret, "seconds.body")
 *     mail      one text for the same
 *
 * The configured address alone is called: no redirections, no proxy.
 */

#ifndef WR_NOTIFY_H
#define WR_NOTIFY_H

#include "engine/base/config.h"
#include "engine/base/str.h"
#include "engine/base/uuid.h"

struct wr_service;

enum {
    WR_NOTICE_SHOWN = 20 /* incidents of one group that are named */
};

struct wr_notice { /* one incident */
    struct wr_uuid id, instance;
    const char *business_key; /* NULL */
};

struct wr_notice_group { /* those of one definition, element and type */
    struct wr_uuid definition;
    const char *key; /* of the definition */
    int32_t version;
    const char *element, *type, *message; /* the first one's message */
    int64_t first, last;                  /* when they opened */
    int count;
    struct wr_notice shown[WR_NOTICE_SHOWN];
};

/* notify_text.c: what is sent; `test`: it is one for trying out. */
void wr_notify_json(struct wr_str *out, const struct wr_notice_group *groups,
                    size_t n, int64_t now, bool test);
void wr_notify_mail(struct wr_str *out, const struct wr_config *c,
                    const struct wr_notice_group *groups, size_t n, int64_t now,
                    bool test);

/* notify_send.c: to whom, without secrets: "https://host:port". */
const char *wr_notify_target(struct wr_arena *a, const struct wr_config *c);
/* Once.  WR_ESTATE: there is nobody to tell; WR_EIO: it was not taken, and why,
 * without the address. */
WR_MUST int wr_notify_send(struct wr_arena *a, const struct wr_config *c,
                           const struct wr_notice_group *groups, size_t n,
                           int64_t now, bool test, struct wr_err *err);

/* notify.c */
struct wr_notifier;

/* *out NULL when nobody is to be told. */
WR_MUST int wr_notifier_open(struct wr_service *s, struct wr_notifier **out,
                             struct wr_err *err);
void wr_notifier_close(struct wr_notifier *n);
void wr_notifier_samples(struct wr_notifier *n, int slot, struct wr_str *s);

#endif
