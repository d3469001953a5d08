/* Gives a record the order of members that its list has. */
#ifndef QPFS_JSON_ARRANGE_H
#define QPFS_JSON_ARRANGE_H

#include "base/buffer.h"
#include "json/record.h"

/*
 * Two endpoints may show the same person with the members in another order. The file must not
 * change because of that, or a backup would see a change where there is none.
 */

/*
 * Fill SHAPE with the text of RECORD, with null for every value that is no object. What remains
 * are names and their order, and nothing of a person. Return 0; -EFBIG or -ENOMEM from SHAPE.
 */
int arrange_shape(const struct record *record, struct buffer *shape);

/* Return whether A and B have the same members in the same order. Where memory is out or they
 * are too large, they have. */
bool arrange_same_shape(const struct record *a, const struct record *b);

/*
 * Put the members of RECORD, and those of objects in it, in the order of TEMPLATE. That is the
 * text of a record or of a shape, SIZE bytes. Every value stays as it is. Set *ARRANGED to a
 * record with a reference, the caller's. It is RECORD itself if nothing moved.
 *
 * Return 0; -EBADMSG if the two do not have the same members, each once, or are too large;
 * -ENOMEM.
 */
int arrange_record(struct record *record, const char *template, size_t size,
                   struct record **arranged);

#endif
