/* incident.h: the kinds of incidents (incidents.def), S27. */

#ifndef WR_INCIDENT_H
#define WR_INCIDENT_H

struct wr_incident_kind {
    const char *name;   /* "no-flow": stored */
    const char *cause;  /* a sentence for people */
    const char *action; /* what they can do */
};

#define WR_INCIDENT(id, name, cause, action) WR_INCIDENT_##id,
enum wr_incident_type {
#include "engine/exec/incidents.def"
    WR_INCIDENT_KINDS
};
#undef WR_INCIDENT

extern const struct wr_incident_kind wr_incident_kinds[];
/* By stored name; NULL when this build knows none. */
const struct wr_incident_kind *wr_incident_kind(const char *name);

#endif
