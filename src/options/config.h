/* Reads the configuration file. */
#ifndef QPFS_OPTIONS_CONFIG_H
#define QPFS_OPTIONS_CONFIG_H

#include "options/setting.h"

/*
 * Read "name = value" lines into SETTINGS: from PATH; or if that is NULL from
 * $XDG_CONFIG_HOME/qpfs/config (~/.config/qpfs/config), else from /etc/qpfs.conf, neither of
 * which must exist. Return 0, or -errno after the reason was logged.
 */
int config_read(struct settings *settings, const char *path);

#endif
