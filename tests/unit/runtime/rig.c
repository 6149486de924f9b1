#include "tests/unit/runtime/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/exec/history.h"
#include "engine/runtime/slot.h"

const char rig_one_task[] =
    "<startEvent id='s'/><userTask id='t'/><endEvent id='e'/>"
    "<sequenceFlow id='f1' sourceRef='s' targetRef='t'/>"
    "<sequenceFlow id='f2' sourceRef='t' targetRef='e'/>";

const char rig_two_tasks[] =
    "<startEvent id='s'/><parallelGateway id='g'/><userTask id='t1'/>"
    "<userTask id='t2'/><parallelGateway id='j'/><endEvent id='e'/>"
    "<sequenceFlow id='f1' sourceRef='s' targetRef='g'/>"
    "<sequenceFlow id='f2' sourceRef='g' targetRef='t1'/>"
    "<sequenceFlow id='f3' sourceRef='g' targetRef='t2'/>"
    "<sequenceFlow id='f4' sourceRef='t1' targetRef='j'/>"
    "<sequenceFlow id='f5' sourceRef='t2' targetRef='j'/>"
    "<sequenceFlow id='f6' sourceRef='j' targetRef='e'/>";

const char *
rig_bpmn(struct rig *r, const char *body)
{
    return wr_arena_printf(
        r->arena,
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
        "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' "
        "targetNamespace='t'><process id='p' isExecutable='true'>%s"
        "</process></definitions>",
        body);
}

void
rig_close(struct rig *r)
{
    wr_runtime_close(r->rt);
    wr_arena_free(r->arena);
}

static char folder[] = "/tmp/weir-rig-XXXXXX";
static int n_files;

static void
remove_files(void)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char path[128];

    for (int i = 0; i < n_files; i++)
        for (size_t k = 0; k < WR_COUNT(ends); k++) {
            snprintf(path, sizeof(path), "%s/%d.db%s", folder, i, ends[k]);
            unlink(path);
        }
    rmdir(folder);
}

static const char *
fresh_store(struct rig *r)
{
    const char *given = getenv("WEIR_TEST_STORE");

    if (given && *given)
        return given;
    if (n_files == 0) {
        ck_assert_ptr_nonnull(mkdtemp(folder));
        atexit(remove_files);
    }

    return wr_arena_printf(r->arena, "sqlite:%s/%d.db", folder, n_files++);
}

static void
open_rig(struct rig *r, const char *url, int32_t tenant,
         const struct wr_runtime_options *options)
{
    struct wr_runtime_options o = { 0 };

    *r = (struct rig){ .arena = wr_arena_new(65536),
                       .tenant = tenant,
                       .clock = { .is_virtual = true, .now = 1700000000000 } };
    if (options)
        o = *options;
    o.store_url = url ? url : fresh_store(r);
    o.clock = &r->clock;
    o.tenant = tenant;
    must(r, wr_runtime_open(&o, &r->rt, &r->err));
}

void
rig_open(struct rig *r, const char *url,
         const struct wr_runtime_options *options)
{
    struct wr_uuid dice = wr_uuid_new(0, 0);

    open_rig(r, url, dice.b[13] << 16 | dice.b[14] << 8 | dice.b[15], options);
}

void
rig_open_second(struct rig *r, const struct rig *first)
{
    open_rig(r, first->rt->store_url, first->tenant, NULL);
}

struct wr_deployed
rig_deploy(struct rig *r, const char *body)
{
    const char *xml = rig_bpmn(r, body);
    struct wr_file f = { "p.bpmn", xml, strlen(xml) };
    struct wr_deployed d;

    must(r,
         wr_runtime_deploy(r->rt, &f, 1,
                           &(struct wr_deploy_options){ .tenant = r->tenant },
                           r->arena, &d, &r->err));

    return d;
}

struct wr_uuid
rig_start(struct rig *r, const char *ref)
{
    struct wr_command c = { .event = { .type = WR_EV_START },
                            .tenant = r->tenant,
                            .definition = ref,
                            .if_rev = -1 };
    struct wr_outcome out;

    must(r, wr_runtime_call(r->rt, &c, r->arena, &out, &r->err));

    return out.created;
}

struct wr_rows
rig_rows(struct rig *r, enum wr_noun noun, const struct wr_uuid *instance)
{
    struct wr_query q = {
        .noun = noun, .tenant = r->tenant, .instance = instance, .state = -1
    };
    struct wr_rows rows;

    must(r, wr_runtime_find(r->rt, &q, r->arena, &rows, &r->err));

    return rows;
}

struct wr_uuid
rig_task(struct rig *r, const struct wr_uuid *instance, const char *element)
{
    struct wr_rows rows = rig_rows(r, WR_TASKS, instance);
    struct wr_uuid id = { { 0 } };
    struct wr_view v;

    must(r, wr_runtime_view(r->rt, instance, r->tenant, r->arena, &v, &r->err));
    for (size_t i = 0; i < rows.n; i++) {
        int node = wr_model_node_of(v.definition->model, rows.tasks[i].element);

        if (strcmp(v.definition->model->nodes[node].id, element) == 0)
            id = rows.tasks[i].id;
    }
    wr_definition_unref(v.definition);
    ck_assert_msg(!wr_uuid_is_zero(&id), "no open task '%s'", element);

    return id;
}

void
rig_complete(struct rig *r, const struct wr_uuid *instance, const char *task)
{
    struct wr_command c = { .event = { .type = WR_EV_TASK_COMPLETE,
                                       .target = rig_task(r, instance, task) },
                            .tenant = r->tenant,
                            .if_rev = -1 };
    struct wr_outcome out;

    must(r, wr_runtime_call(r->rt, &c, r->arena, &out, &r->err));
}

struct wr_instance_row
rig_instance(struct rig *r, const struct wr_uuid *id)
{
    struct wr_query q = {
        .noun = WR_INSTANCES, .tenant = r->tenant, .id = id, .state = -1
    };
    struct wr_rows rows;

    must(r, wr_runtime_find(r->rt, &q, r->arena, &rows, &r->err));
    ck_assert_uint_eq(rows.n, 1);

    return rows.instances[0];
}

void
rig_check_history(struct rig *r, const struct wr_uuid *instance)
{
    struct wr_rows rows = rig_rows(r, WR_HISTORIES, instance);
    const struct wr_history_event *events;
    int64_t next = 1;
    size_t n;

    for (size_t i = 0; i < rows.n; i++) {
        ck_assert_int_eq(rows.histories[i].seq, next);
        must(r, wr_history_decode(r->arena, rows.histories[i].events, &events,
                                  &n, &r->err));
        next += (int64_t)n;
    }
    ck_assert_int_eq(next - 1, rig_instance(r, instance).rev);
}

struct wr_command
rig_completion(const struct rig *r, const struct wr_uuid *task)
{
    return (struct wr_command){ .event = { .type = WR_EV_TASK_COMPLETE,
                                           .target = *task },
                                .tenant = r->tenant,
                                .if_rev = -1 };
}
