/* codec_tags.h: the numbers in a state blob; private to encode.c and decode.c. */

#ifndef WR_CODEC_TAGS_H
#define WR_CODEC_TAGS_H

enum tag { /* stored: never renumber or reuse */
    I_NEXT_KEY = 1,
    I_ROOT = 2,
    I_WORK = 3,
    I_DEPTH = 8,
    I_SUSPENDED = 10, /* at */
    I_BY_CALLER = 11,
    I_PAST = 14, /* a version it ran on */

    I_ENDS_ALL = 31,
    I_TRANSIENT = 36,

    P_UNTIL = 1,
    P_DEFINITION = 2,
    I_BY_DEFINITION = 16,
    I_REOPENED = 28,
    I_UNDONE = 29,

    N_HOLDER = 1, /* of a transient variable */
    N_NAME = 2,
    N_HIDDEN = 3,

    R_WAS = 1,
    R_ENDED = 2, /* at */
    R_TELLS = 3,
    R_PARALLEL = 4,
    R_ASIDE = 5,

    C_ID = 1, /* of a called process */
    C_PROCESS = 2,

    W_SCOPE = 1,
    W_NODE = 2,
    W_FLOW = 3,

    A_KEY = 1,
    A_NODE = 2,
    A_FLOW = 3,
    A_STAGE = 4,
    A_SINCE = 5,
    A_VAR = 6,
    A_QUEUE = 7,
    A_WAIT = 8,
    A_CHILD = 9,
    A_RESULT = 10,
    A_ARMED = 11,
    A_INTERRUPTED = 12,
    A_START = 13,
    A_ROLE = 15,
    A_INDEX = 16,
    A_OWN = 17,
    A_LOOP = 18,
    A_LOG = 20,
    A_UNDO = 21,
    A_DRAWN = 37,
    A_AD_HOC = 38,
    A_PLANNED = 39,
    A_MOMENT = 47,
    A_HEARD = 48,
    A_TRIGGERED = 49,
    A_CAME = 58,
    A_FAR = 63,   /* as A_VAR, with the id of the value's row */
    A_LARGE = 61, /* as A_FAR, and how large it is */
    A_CALLED = 70,
    A_TALK = 67, /* the key of a conversation */

    TALK_KEY = 1,
    TALK_VALUE = 2,

    U_NODE = 1,
    U_SEQ = 2,
    U_HANDLER = 3,
    U_VAR = 4,
    U_LOG = 5,
    U_CALLED = 70,
    U_PARTLY = 71,
    U_FAR = 105, /* the rest of the log is in this row; so many entries */
    U_MORE = 106,

    L_TOTAL = 1,
    L_NEXT = 2,
    L_COMPLETED = 3,
    L_ITEMS = 4,
    L_OUTPUTS = 5,

    L_AWAY = 6, /* iterations in rows, pieces of the log in rows */
    L_LOGS = 7,
    L_FAR = 8,  /* L_ITEMS, or with S_NEXT a piece of it, is in this row */
    L_FROM = 9, /* index of the first in L_FAR */

    S_BODY = 1, /* of a part (spill.h), with A_CHILD */
    S_OUTER = 2,
    S_MAIN = 3,
    S_LOG = 4,
    S_VALUE = 5,
    S_NEXT = 6, /* the row of the piece behind it */

    T_KIND = 1,
    T_ID = 2,
    T_NODE = 3,
    T_CREATED = 4,
    T_DUE = 5,
    T_PRIORITY = 6,
    T_ASSIGNEE = 10,
    T_USER = 11,
    T_GROUP = 12,
    T_FOLLOW_UP = 13,
    T_JOB_KIND = 20,
    T_JOB_TYPE = 21,
    T_RETRIES = 22,
    T_PERIOD = 30,
    T_ANCHOR = 31,
    T_K = 32,
    T_LEFT = 33,
    T_NAME = 40,
    T_CORRELATION = 41,
    T_SUBSCRIPTION = 65, /* its type */
    T_PART = 66,
    T_PAYLOAD = 67,
    T_TYPE = 50,
    T_MESSAGE = 51,
    T_JOB = 52,
    T_MET = 60,
    T_OWNER = 75, /* of a task */
    T_DELEGATION = 76,
    T_PROCESS = 70,
    T_TOLD = 80,
    T_HELD = 88,
    T_PARKED = 89,
    T_ABSENT = 90,
    T_UNDOING = 105,
    T_ARMED = 115,
    T_UNTIL = 110,
    T_LATE = 111,
    T_HEARS = 136,
    T_OVERDUE = 137,
    T_ZONE = 150,
    T_WALL = 151,
    T_ATTEMPT = 147, /* of a job: ended ones, and why the last failed */
    T_ERROR = 148,

    PARKED_SEQ = 1,
    PARKED_PAYLOAD = 2,
};

#endif
