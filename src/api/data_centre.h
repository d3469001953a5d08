/* The data centres of the service, from the vendor's own client libraries. */
#ifndef QPFS_API_DATA_CENTRE_H
#define QPFS_API_DATA_CENTRE_H

/* Return the base URL of the data centre ENV ("com", "eu", …), in small letters or capitals, or
 * NULL for an unknown one. Some have other names beside those of data_centre_names(). */
const char *data_centre_url(const char *env);

/* Return the names that the vendor has for all data centres, separated by a comma and a space.
 */
const char *data_centre_names(void);

#endif
