/*
 * share: who has which buckets, in Redis.
 *
 *     <key>          a string, two bytes a bucket: the number of its member
 *     <key>:members  a hash: owner -> "number until slot slots", and "version",
 *                    which counts what was changed in the string
 *
 * Time is that of the server.  What nobody asks for any more goes after a day.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/lock/redis.h"

enum {
    HEX = WR_BUCKETS / 4 + 1 /* four buckets a digit, the first is the lowest */
};

/*
 * KEYS: string, hash.  ARGV: owner, slot, slots, ttl, version, give, want,
 * buckets.  Gives version, "same" or what is ours in hex, and owner, slot and
 * slots of each member.
 */
static const char script[] =
    "local t=redis.call('time') local now=t[1]*1000+math.floor(t[2]/1000)\n"
    "local all=redis.call('hgetall',KEYS[2])\n"
    "local me,used,dead,any,version,live=nil,{},{},false,0,{}\n"
    "for i=1,#all,2 do\n"
    " if all[i]=='version' then version=tonumber(all[i+1]) or 0 else\n"
    "  local n,till,slot,slots="
    "string.match(all[i+1],'^(%d+) (%d+) (%d+) (%d+)$')\n"
    "  n=tonumber(n)\n"
    "  if all[i]==ARGV[1] then me=n used[n]=true\n"
    "  elseif n and tonumber(till)>now then used[n]=true\n"
    "   live[#live+1]=all[i] live[#live+1]=slot live[#live+1]=slots\n"
    "  else any=true dead[n or 0]=true redis.call('hdel',KEYS[2],all[i])\n"
    "  end end end\n"
    "local known,leaves=me~=nil,tonumber(ARGV[4])==0\n"
    "if leaves then\n"
    " if me then used[me]=nil redis.call('hdel',KEYS[2],ARGV[1]) end\n"
    " me=nil any=true\n"
    "else\n"
    " if not me then me=1 while used[me] or dead[me] do me=me+1 end end\n"
    " redis.call('hset',KEYS[2],ARGV[1],string.format('%d %.0f %s %s',me,\n"
    "  now+ARGV[4],ARGV[2],ARGV[3]))\n"
    " live[#live+1]=ARGV[1] live[#live+1]=ARGV[2] live[#live+1]=ARGV[3]\n"
    "end\n"
    "local function answer(what)\n"
    " local out={version,what}\n"
    " for i=1,#live do out[#out+1]=live[i] end\n"
    " redis.call('pexpire',KEYS[1],86400000)\n"
    " redis.call('pexpire',KEYS[2],86400000)\n"
    " return out end\n"
    "if known and not any and ARGV[6]=='' and ARGV[7]==''\n"
    " and version>0 and version==tonumber(ARGV[5]) then\n"
    " return answer('same') end\n"
    "local count=tonumber(ARGV[8])\n"
    "local s=redis.call('get',KEYS[1]) or ''\n"
    "if #s~=2*count then s=string.rep('\\0',2*count) end\n"
    "local function digit(hex,i)\n"
    " return hex~='' and tonumber(string.sub(hex,i,i),16) or 0 end\n"
    "local of,mine,changed={},{},false\n"
    "for i=1,count/4 do\n"
    " local give,want,ours=digit(ARGV[6],i),digit(ARGV[7],i),0\n"
    " for k=0,3 do\n"
    "  local b=4*(i-1)+k\n"
    "  local high,low=string.byte(s,2*b+1,2*b+2)\n"
    "  local was=high*256+low\n"
    "  local n=used[was] and was or 0\n"
    "  if me and n==me and bit.band(give,2^k)~=0 then n=0\n"
    "  elseif me and n==0 and bit.band(want,2^k)~=0 then n=me end\n"
    "  if me and n==me then ours=ours+2^k end\n"
    "  if n~=was then changed=true end\n"
    "  of[b+1]=string.char(math.floor(n/256),n%256)\n"
    " end\n"
    " mine[i]=string.format('%x',ours)\n"
    "end\n"
    "if changed or any or not known then\n"
    " version=version+1 redis.call('hset',KEYS[2],'version',version) end\n"
    "if changed then redis.call('set',KEYS[1],table.concat(of)) end\n"
    "return answer(table.concat(mine))\n";

/* "": none. */
static void
put_hex(const struct wr_buckets *s, char out[HEX])
{
    static const char digits[] = "0123456789abcdef";

    out[0] = '\0';
    if (!wr_buckets_any(s))
        return;
    for (int i = 0; i < HEX - 1; i++)
        out[i] = digits[s->words[i / 16] >> (i % 16 * 4) & 15];
    out[HEX - 1] = '\0';
}

static int
get_hex(const char *hex, struct wr_buckets *out, struct wr_err *err)
{
    *out = (struct wr_buckets){ 0 };
    if (strlen(hex) != HEX - 1)
        return wr_fail(err, WR_ESTORE, "the buckets in Redis are no table");
    for (int i = 0; i < HEX - 1; i++) {
        char c = hex[i];
        uint64_t digit = c >= '0' && c <= '9' ? (uint64_t)(c - '0')
                                              : (uint64_t)(c - 'a' + 10);

        out->words[i / 16] |= (digit & 15) << (i % 16 * 4);
    }

    return 0;
}

static int
read_answer(const redisReply *r, struct wr_share_answer *out,
            struct wr_err *err)
{
    if (r->type != REDIS_REPLY_ARRAY || r->elements < 2
        || r->element[0]->type != REDIS_REPLY_INTEGER)
        return wr_fail(err, WR_ESTORE, "the buckets in Redis are no table");
    for (size_t i = 1; i < r->elements; i++)
        if (r->element[i]->type != REDIS_REPLY_STRING)
            return wr_fail(err, WR_ESTORE, "the buckets in Redis are no table");
    out->version = (long)r->element[0]->integer;
    out->same = strcmp(r->element[1]->str, "same") == 0;
    if (!out->same && get_hex(r->element[1]->str, &out->mine, err) < 0)
        return err->code;
    out->n = 0;
    for (size_t i = 2; i + 2 < r->elements && out->n < WR_MEMBERS; i += 3) {
        struct wr_member *m = &out->members[out->n++];

        snprintf(m->owner, sizeof(m->owner), "%s", r->element[i]->str);
        m->slot = (int)strtol(r->element[i + 1]->str, NULL, 10);
        m->n_slots = (int)strtol(r->element[i + 2]->str, NULL, 10);
    }

    return 0;
}

int
wr_redis_share(struct wr_lock *l, const char *key,
               const struct wr_share_ask *ask, struct wr_share_answer *out,
               struct wr_err *err)
{
    struct wr_lock_on_redis *r = wr_container_of(l, struct wr_lock_on_redis,
                                                 base);
    char members[200], slot[16], slots[16], ttl[24], version[24], buckets[16];
    char give[HEX], want[HEX];
    const char *words[] = { "EVAL",        script, "2",    key, members,
                            ask->me.owner, slot,   slots,  ttl, version,
                            give,          want,   buckets };
    redisReply *reply;
    int rc;

    snprintf(members, sizeof(members), "%.180s:members", key);
    snprintf(slot, sizeof(slot), "%d", ask->me.slot);
    snprintf(slots, sizeof(slots), "%d", ask->me.n_slots);
    snprintf(ttl, sizeof(ttl), "%lld", (long long)ask->ttl_ms);
    snprintf(version, sizeof(version), "%ld", ask->version);
    snprintf(buckets, sizeof(buckets), "%d", WR_BUCKETS);
    put_hex(&ask->give, give);
    put_hex(&ask->want, want);
    if (wr_redis_do(r->server, words, WR_COUNT(words), &reply, err) < 0)
        return err->code;
    rc = read_answer(reply, out, err);
    freeReplyObject(reply);

    return rc;
}
