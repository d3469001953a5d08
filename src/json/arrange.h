#ifndef QPFS_JSON_ARRANGE_H
#define QPFS_JSON_ARRANGE_H

#include "base/buffer.h"
#include "json/record.h"

/*
 * The order of members. Two endpoints may tell the same of a person in another order; the file
 * must not change because of that, or a backup sees a change that is none.
 */

/*
 * Fills SHAPE with the text of RECORD in which every value that is no object is null: what
 * remains are names and their order, and nothing of a person. 0; -EFBIG, -ENOMEM from SHAPE.
 */
int arrange_shape(const struct record *record, struct buffer *shape);

/*
 * RECORD with its members in the order of TEMPLATE, SIZE bytes of the text of a record or of a
 * shape; the members of objects inside as well. Every value stays as it is. *ARRANGED gets a
 * record with a reference, the caller's: RECORD itself if nothing moved.
 *
 * 0; -EBADMSG if the two do not have the same members, each once, or are too large; -ENOMEM.
 */
int arrange_record(struct record *record, const char *template, size_t size,
                   struct record **arranged);

#endif
