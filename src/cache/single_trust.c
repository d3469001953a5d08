/* Whether the service writes a user alone as it does in a list; single.h has the rule. */
#include "base/log.h"
#include "cache/listing_parts.h"
#include "json/arrange.h"

void single_forget_doubt(struct listing *single)
{
    record_unref(single->doubt);
    single->doubt = NULL;
    single->contradicted = false;
}

static void single_doubt(struct listing *single, struct record *record, int64_t asked_ms)
{
    record_ref(record);
    single_forget_doubt(single);
    single->doubt = record;
    single->doubt_ms = asked_ms;
}

bool single_says(struct record *record, const struct record *listed)
{
    struct record *arranged;
    if (arrange_record(record, listed->bytes, listed->size, &arranged))
        return false;
    bool same = record_equals(arranged, listed);
    record_unref(arranged);
    return same;
}

static void single_give_up(struct listing *single)
{
    char path[ENDPOINT_PATH_MAX];
    listing_path(single, path);
    log_info("%s: the service writes users otherwise when they are asked for one by one; lists "
             "are used from now on",
             path);
    single->cache->quirks.no_singles = true;
}

bool single_is_believed(struct listing *single, struct record *record,
                        const struct record *listed, bool fits)
{
    struct cache *cache = single->cache;
    bool same = fits && listed && record_equals(record, listed);
    bool contradicts = single->contradicted && listed && !same;
    bool again = single->doubt && !single->contradicted;
    if (same)
        cache->singles_agree = true;
    if (contradicts && !cache->quirks.no_singles && single_says(single->doubt, record))
        single_give_up(single);
    single_forget_doubt(single);
    if (cache->quirks.no_singles)
        return false;
    if (fits && (!listed || cache->singles_agree || again))
        return true;
    single_doubt(single, record, single->fetch_began_ms);
    return false;
}

/* What SINGLE said last, and no list has judged so far; *ASKED_MS: when. NULL: nothing. */
static struct record *single_said(const struct listing *single, int64_t *asked_ms)
{
    *asked_ms = single->doubt_ms;
    if (single->doubt || single->expired || !single->snapshot)
        return single->doubt;
    *asked_ms = single->snapshot->began_ms;
    return single_held(single, single->options.target.ids[0]);
}

bool single_compare(struct listing *single, const struct record *listed, int64_t list_ms)
{
    int64_t asked_ms;
    struct record *said = single_said(single, &asked_ms);
    if (said && listed && single_says(said, listed)) {
        single->cache->singles_agree = true;
    } else if (said && listed && asked_ms <= list_ms && !single->pager &&
               !single->cache->quirks.no_singles) {
        single_doubt(single, said, asked_ms);
        single->contradicted = true;
        return listing_fetch(single, 0) == 0;
    }
    single_forget_doubt(single);
    return false;
}
