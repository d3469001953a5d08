#ifndef QPFS_JSON_TIDY_H
#define QPFS_JSON_TIDY_H

/* From here on cJSON wipes what it frees. To be called before anything is decoded. */
void tidy_json(void);

#endif
