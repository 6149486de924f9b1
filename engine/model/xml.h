/*
 * xml.h: a BPMN file as a small read-only tree.
 *
 * Built straight from libxml2's events, so that nothing of the document is
 * processed that we do not want: a DOCTYPE ends the reading (no entities, no
 * external subset), nothing is fetched, size and nesting are limited.
 * Namespaces are resolved into enum wr_ns; the vendor aliases of DIALECTS.md
 * are one namespace each.  Everything lives in the arena given; elements never
 * change after wr_xml_parse().
 */

#ifndef WR_XML_H
#define WR_XML_H

#include "engine/base/arena.h"
#include "engine/base/err.h"

enum wr_ns {
    WR_NS_NONE, /* attributes without prefix */
    WR_NS_BPMN,
    WR_NS_DI, /* BPMNDI, DC and DI */
    WR_NS_XSI,
    WR_NS_CAMUNDA,  /* camunda, operaton, fox */
    WR_NS_FLOWABLE, /* flowable, activiti */
    WR_NS_ZEEBE,
    WR_NS_MODELER,
    WR_NS_PYTHMATA,
    WR_NS_SPIFF,
    WR_NS_DROOLS,
    WR_NS_DMN, /* 1.1 to 1.5 */
    WR_NS_OTHER,
};

/* What a BPMN element is; rows of vocabulary.def carry these. */
enum wr_is {
    WR_IS_ROOT = 1 << 0, /* child of definitions */
    WR_IS_NODE = 1 << 1, /* flow node */
    WR_IS_ACTIVITY = 1 << 2,
    WR_IS_TASK = 1 << 3,
    WR_IS_SUB = 1 << 4, /* owns flow elements: the sub-processes */
    WR_IS_GATEWAY = 1 << 5,
    WR_IS_CATCH = 1 << 6,
    WR_IS_THROW = 1 << 7,
    WR_IS_EVENT = WR_IS_CATCH | WR_IS_THROW,
    WR_IS_EVENT_DEF = 1 << 8,
    WR_IS_ARTIFACT = 1 << 9,
    WR_IS_DATA = 1 << 10,          /* an item-aware element */
    WR_IS_GLOBAL = 1 << 11,        /* callable: process, global tasks */
    WR_IS_CHOREOGRAPHY = 1 << 12,  /* choreography activity */
    WR_IS_CONVERSATION = 1 << 13,  /* conversation node */
    WR_IS_LOOP = 1 << 14,          /* loop characteristics */
    WR_IS_COLLABORATION = 1 << 15, /* collaboration and its kinds */
    WR_IS_EXPRESSION = 1 << 16,
    WR_IS_ROLE = 1 << 17, /* resource role */
};

struct wr_xml_attr {
    enum wr_ns ns;
    const char *name, *value;
};

struct wr_xml_prefix {  /* an xmlns declaration in force */
    const char *prefix; /* "" for the default namespace */
    enum wr_ns ns;
    const char *uri;
    const struct wr_xml_prefix *outer;
};

struct wr_xml {
    enum wr_ns ns;
    const char *name; /* local name */
    const char *uri;  /* "" without namespace */
    unsigned is;      /* enum wr_is, BPMN elements only */
    bool known;       /* BPMN element of the standard */
    int line;
    int order;      /* position in document order, from 0 */
    const char *id; /* NULL */
    const struct wr_xml_attr *attrs;
    int n_attrs;
    const char *text; /* own character data, never NULL */
    const struct wr_xml_prefix *prefixes;
    struct wr_xml *parent, *first, *last, *next; /* children in order */
    const struct wr_xml *extensions; /* the first extensionElements; NULL */
};

struct wr_xml_limits {
    size_t max_bytes;
    int max_depth;
};

struct wr_xml_doc {
    struct wr_xml *root;
    int n_elements;
    const struct wr_xml *const *ids; /* hash by id; first wins */
    size_t n_ids;                    /* slots, a power of two */
};

enum {
    WR_XML_ELEMENTS = 200000 /* the most a file may have */
};

/* WR_EPARSE with line and column for malformed XML or a DOCTYPE; WR_ELIMIT
 * with the line when a limit is passed. */
WR_MUST int wr_xml_parse(struct wr_arena *a, const void *bytes, size_t len,
                         const struct wr_xml_limits *limits,
                         struct wr_xml_doc *out, struct wr_err *err);

/* The namespace of the root element, its whole name in *uri ("" without); NONE
 * and "" when what stands before it is malformed or passes a limit. */
enum wr_ns wr_xml_peek(struct wr_arena *a, const void *bytes, size_t len,
                       const struct wr_xml_limits *limits, const char **uri);

/* The attribute without namespace; NULL when absent. */
const char *wr_xml_attr(const struct wr_xml *e, const char *name);
const char *wr_xml_attr_ns(const struct wr_xml *e, enum wr_ns ns,
                           const char *name);
/* Is it "true" or "1"?  `absent` when it is not there. */
bool wr_xml_flag(const struct wr_xml *e, const char *name, bool absent);

/* First child of that name, NULL; the next one after `e`. */
const struct wr_xml *wr_xml_child(const struct wr_xml *e, enum wr_ns ns,
                                  const char *name);
const struct wr_xml *wr_xml_next(const struct wr_xml *e, enum wr_ns ns,
                                 const char *name);
int wr_xml_count(const struct wr_xml *e, enum wr_ns ns, const char *name);
/* Document order, depth first; NULL after the last one below `top`. */
const struct wr_xml *wr_xml_walk(const struct wr_xml *top,
                                 const struct wr_xml *e);
/* Is it this BPMN element? */
bool wr_xml_is(const struct wr_xml *e, const char *name);
/* Nearest ancestor with one of the bits, or with that name; NULL. */
const struct wr_xml *wr_xml_above(const struct wr_xml *e, unsigned is);
const struct wr_xml *wr_xml_above_named(const struct wr_xml *e,
                                        const char *name);

/* Id of the element or the nearest one around it; without any id the name of
 * the outermost element. */
const char *wr_xml_nearest_id(const struct wr_xml *e);

/* By id; NULL. */
const struct wr_xml *wr_xml_by_id(const struct wr_xml_doc *d, const char *id);
/* The element a QName or id written at `at` refers to in this file; NULL.  A
 * prefix must be declared; *foreign (may be NULL) tells that it stands for a
 * namespace other than the file's own. */
const struct wr_xml *wr_xml_ref(const struct wr_xml_doc *d,
                                const struct wr_xml *at, const char *name,
                                bool *foreign);
/* Namespace of a prefix at `at`; NULL when it is not declared. */
const char *wr_xml_prefix_uri(const struct wr_xml *at, const char *prefix,
                              size_t len);

/* `s` without blanks around it, in `a`. */
const char *wr_xml_trim(struct wr_arena *a, const char *s);

/* Bits of a BPMN element name; *known tells whether the standard has it. */
unsigned wr_vocabulary(const char *name, bool *known);

#endif
