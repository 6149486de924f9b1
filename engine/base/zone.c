#include "engine/base/zone.h"

#include <string.h>
#include <unicode/ucal.h>

enum {
    ID_MAX = 64,
    MS = 1000
};

#define YEAR_2000 946684800000.0

/* ICU takes any text for a zone and means UTC; only ids of the tz database are
 * let through.  All of those are ASCII. */
static bool
known(const char *zone, UChar id[ID_MAX])
{
    UErrorCode status = U_ZERO_ERROR;
    UChar canonical[ID_MAX];
    UBool system = 0;
    int i;

    for (i = 0; zone[i]; i++) {
        if (i == ID_MAX - 1 || (unsigned char)zone[i] >= 0x80)
            return false;
        id[i] = (UChar)zone[i];
    }
    id[i] = 0;
    ucal_getCanonicalTimeZoneID(id, -1, canonical, ID_MAX, &system, &status);

    return U_SUCCESS(status) && system;
}

static UCalendar *
open_zone(const char *zone, double ms, struct wr_err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar id[ID_MAX];
    UCalendar *cal;

    if (!known(zone, id)) {
        wr_fail(err, WR_EVALUE, "unknown time zone '%.60s'", zone);
        return NULL;
    }
    cal = ucal_open(id, -1, "en", UCAL_GREGORIAN, &status);
    if (U_SUCCESS(status))
        ucal_setMillis(cal, ms, &status);
    if (U_FAILURE(status)) {
        wr_fail(err, WR_EIO, "time zone '%.60s': %s", zone,
                u_errorName(status));
        if (cal)
            ucal_close(cal);
        return NULL;
    }

    return cal;
}

int
wr_zone_offset(const char *zone, int64_t ms, int32_t *out, struct wr_err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    UCalendar *cal = open_zone(zone, (double)ms, err);

    if (!cal)
        return err->code;
    *out = (ucal_get(cal, UCAL_ZONE_OFFSET, &status)
            + ucal_get(cal, UCAL_DST_OFFSET, &status))
           / MS;
    ucal_close(cal);

    return 0;
}

int
wr_zone_offset_local(const char *zone, int64_t wall_s, int32_t *out,
                     struct wr_err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    UCalendar *cal = open_zone(zone, (double)wall_s * MS, err);
    int32_t raw = 0, dst = 0;

    if (!cal)
        return err->code;
    ucal_getTimeZoneOffsetFromLocal(cal, UCAL_TZ_LOCAL_FORMER,
                                    UCAL_TZ_LOCAL_FORMER, &raw, &dst, &status);
    ucal_close(cal);
    if (U_FAILURE(status))
        return wr_fail(err, WR_EIO, "time zone '%.60s': %s", zone,
                       u_errorName(status));
    *out = (raw + dst) / MS;

    return 0;
}

int
wr_zone_offset_standard(const char *zone, int32_t *out, struct wr_err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    UCalendar *cal = open_zone(zone, YEAR_2000, err);

    if (!cal)
        return err->code;
    *out = ucal_get(cal, UCAL_ZONE_OFFSET, &status) / MS;
    ucal_close(cal);

    return 0;
}
