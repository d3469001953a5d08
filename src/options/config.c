#include "options/config.h"

#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "options/home.h"

struct config {
    struct settings *settings;
    const char *path;
    FILE *file;
    char *text; /* owned: the line that was read last */
    size_t text_room;
    int line;
    int read_error; /* an errno, where ferror(file) */
    int error;
};

static char *config_refuse_line(struct config *config, const char *why)
{
    log_error("%s:%d: %s", config->path, config->line, why);
    config->error = -EINVAL;
    return NULL;
}

/* inih would cut a line that is too long for it in two and read the rest as a line of its own;
 * end one at a NUL; and take one that begins with a blank (as isspace() sees it) for more of
 * the value before. None of it may happen unnoticed. */
static char *config_next_line(char *line, int room, void *data)
{
    struct config *config = data;
    ssize_t size = getline(&config->text, &config->text_room, config->file);
    if (size < 0) {
        config->read_error = errno;
        return NULL;
    }
    config->line++;
    if (strlen(config->text) != (size_t)size)
        return config_refuse_line(config, "the line holds a NUL byte");
    if (size >= room)
        return config_refuse_line(config, "the line is too long");
    const char *start = config->text + strspn(config->text, " \t\v\f\r");
    memcpy(line, start, strlen(start) + 1);
    return line;
}

static int config_on_setting(void *data, const char *section, const char *name,
                             const char *value)
{
    struct config *config = data;
    int error;
    if (*section) {
        log_error("%s:%d: there are no sections here; leave [%s] out", config->path,
                  config->line, section);
        error = -EINVAL;
    } else if (strcmp(name, "api_key") == 0) {
        log_error(
            "%s:%d: the key itself does not stand here; put it into a file of its own and "
            "write api_key_file = FILE",
            config->path, config->line);
        error = -EINVAL;
    } else {
        error = settings_set(config->settings, name, strlen(name), value, ORIGIN_FILE);
    }
    if (error == -ENOENT) {
        log_error("%s:%d: no option is called \"%s\"; qpfs --help lists them", config->path,
                  config->line, name);
        error = -EINVAL;
    }
    if (error && !config->error)
        config->error = error;
    return error == 0;
}

static void config_log_unreadable(const char *path, int error)
{
    const char *remedy = "";
    if (error == ENOENT || error == ENOTDIR)
        remedy = "; write it, see man qpfs.conf, or leave config= out";
    else if (error == EACCES)
        remedy = "; it must be readable by whoever mounts, in directories that he may enter";
    else if (error == EISDIR)
        remedy = "; name the file itself";
    log_error("cannot read %s: %s%s", path, strerror(error), remedy);
}

static int config_read_file(struct settings *settings, const char *path, bool must_exist)
{
    struct config config = {.settings = settings, .path = path, .file = fopen(path, "re")};
    if (!config.file) {
        if (errno == ENOENT && !must_exist)
            return -ENOENT;
        int error = -errno;
        config_log_unreadable(path, -error);
        return error;
    }
    int line = ini_parse_stream(config_next_line, &config, config_on_setting, &config);
    if (ferror(config.file) && !config.error) {
        config.error = -EIO;
        config_log_unreadable(path, config.read_error);
    } else if (line != 0 && !config.error) {
        log_error("%s:%d: this is no \"name = value\"", path, line);
        config.error = -EINVAL;
    }
    free(config.text);
    fclose(config.file);
    return config.error;
}

int config_read(struct settings *settings, const char *path)
{
    if (path)
        return config_read_file(settings, path, true);
    char own[PATH_MAX];
    const char *xdg = getenv("XDG_CONFIG_HOME");
    const char *home = home_directory();
    int error = -ENOENT;
    if (xdg && *xdg == '/')
        snprintf(own, sizeof own, "%s/qpfs/config", xdg);
    else
        snprintf(own, sizeof own, "%s/.config/qpfs/config", home ? home : "");
    error = config_read_file(settings, own, false);
    if (error == -ENOENT)
        error = config_read_file(settings, "/etc/qpfs.conf", false);
    return error == -ENOENT ? 0 : error;
}
