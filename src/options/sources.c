/* Reads the options from all that may give them. */
#include "options/sources.h"

#include <errno.h>
#include <unistd.h>

#include "base/log.h"
#include "options/command_line.h"
#include "options/config.h"

int sources_read(struct options *options, int argc, char **argv, bool *usage)
{
    struct settings settings;
    *options = (struct options){.action = ACTION_MOUNT};
    settings_init(&settings, options);
    options->fs.uid = getuid();
    options->fs.gid = getgid();
    int error = command_line_read(&settings, argc, argv);
    *usage = error == -EINVAL;
    bool account = options->action == ACTION_MOUNT || options->action == ACTION_CHECK;
    if (!error && account) {
        error = config_read(&settings, options->given.config);
        if (!error)
            error = settings_read_environment(&settings);
    }
    if (!error && (account || options->action == ACTION_DEMO))
        error = options_put_together(options, &settings);
    if (error == -ENOMEM)
        log_error("out of memory");
    return error;
}
