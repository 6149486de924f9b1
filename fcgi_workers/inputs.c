/* The variables that a definition wants to be started with. */

#include "engine/model/inputs.h"

#include "fcgi_workers/definition_json.h"
#include "fcgi_workers/lookup.h"

struct input {
    const char *name, *type, *label, *description, *pattern;
    bool required;
    const struct wr_value *preset, *min, *max, *min_len, *max_len, *options;
};
static const struct wr_field input_fields[] = {
    WR_FIELD(struct input, name, "name", WR_STRING, WR_READONLY,
             "Name of the variable."),
    WR_FIELD_ENUM(struct input, type, "type",
                  "string|integer|float|boolean|date|json", WR_READONLY,
                  "What it may hold."),
    WR_FIELD(struct input, required, "required", WR_BOOL, WR_READONLY,
             "A start without it is refused."),
    WR_FIELD(struct input, preset, "defaultValue", WR_JSON,
             WR_READONLY | WR_OPTIONAL, "What it is when none is given."),
    WR_FIELD(struct input, label, "label", WR_STRING, WR_READONLY | WR_OPTIONAL,
             "Its name for people."),
    WR_FIELD(struct input, description, "description", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "What it is for."),
    WR_FIELD(struct input, min, "min", WR_JSON, WR_READONLY | WR_OPTIONAL,
             "Least number."),
    WR_FIELD(struct input, max, "max", WR_JSON, WR_READONLY | WR_OPTIONAL,
             "Greatest number."),
    WR_FIELD(struct input, min_len, "minLength", WR_JSON,
             WR_READONLY | WR_OPTIONAL, "Least number of characters."),
    WR_FIELD(struct input, max_len, "maxLength", WR_JSON,
             WR_READONLY | WR_OPTIONAL, "Greatest number of characters."),
    WR_FIELD(struct input, pattern, "pattern", WR_STRING,
             WR_READONLY | WR_OPTIONAL,
             "Regular expression that is found somewhere in it."),
    WR_FIELD(struct input, options, "options", WR_JSON,
             WR_READONLY | WR_OPTIONAL, "All that it may be."),
};
const struct wr_object wr_input_object = WR_OBJECT_ROWS(
    struct input, "VariableDefinition", input_fields);

static struct input
input_json(const struct wr_input *in)
{
    return (struct input){
        .name = in->name,
        .type = wr_input_type_name(in->type),
        .required = in->required,
        .preset = in->preset,
        .label = in->label,
        .description = in->description,
        .min = in->min,
        .max = in->max,
        .min_len = in->min_len,
        .max_len = in->max_len,
        .pattern = in->pattern,
        .options = in->options,
    };
}

int
wr_definition_variables(struct wr_request *rq, const struct wr_uuid *id,
                        struct wr_objects *out, struct wr_err *err)
{
    const struct wr_definition *d;
    char text[WR_UUID_TEXT];
    struct input *items;

    wr_uuid_text(id, text);
    if (wr_request_definition(rq, text, &d, err) < 0)
        return (int)err->code;
    items = wr_newn(rq->arena, struct input, d->inputs.n);
    for (size_t i = 0; i < d->inputs.n; i++)
        items[i] = input_json(&d->inputs.items[i]);
    *out = (struct wr_objects){ .items = items, .n = d->inputs.n };

    return 0;
}

void
wr_definition_misfits(struct wr_request *rq, const char *ref,
                      const struct wr_value *variables)
{
    struct wr_input_error errors[WR_INPUT_ERRORS];
    const struct wr_definition *d;
    const struct wr_value *fitted;
    struct wr_err ignored;
    size_t n = 0;

    if (wr_request_definition(rq, ref, &d, &ignored) < 0
        || wr_inputs_fit(rq->arena, &d->inputs, variables, &fitted, errors, &n,
                         &ignored)
               == 0)
        return;
    for (size_t i = 0; i < n && i < WR_COUNT(rq->errors.items); i++) {
        rq->errors.items[i] = (struct wr_field_error){
            .pointer = wr_field_place(rq->arena, "/variables", errors[i].name),
            .code = errors[i].code,
            .detail = errors[i].detail,
        };
    }
    rq->errors.n = n;
}
