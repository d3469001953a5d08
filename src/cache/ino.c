/* Numbers files for st_ino, the same on every mount. */
#include "cache/ino.h"

#include <endian.h>
#include <xxhash.h>

#include "json/members.h"

/* 0 is "no file" and 1 the kernel's own for a root. */
#define INO_FIRST 2

uint64_t ino_make(enum ino_kind kind, uint64_t organization, uint64_t department, uint64_t id)
{
    const uint64_t identity[] = {htole64(organization), htole64(department), htole64(id)};
    uint64_t hash = XXH3_64bits_withSeed(identity, sizeof identity, (XXH64_hash_t)kind);
    hash &= INT64_MAX;
    return hash < INO_FIRST ? hash + INO_FIRST : hash;
}

uint64_t ino_of(const struct ino_family *family, const struct record *record)
{
    uint64_t department =
        family->department_member
            ? members_loose_id(members_of_record(record), family->department_member)
            : family->department;
    return ino_make(family->kind, family->organization, department, record->id);
}
