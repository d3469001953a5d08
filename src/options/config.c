/* Reads the configuration file. */
#include "options/config.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/wipe.h"

/* The mark of UTF-8, with which some editors begin a file. */
#define CONFIG_MARK "\xef\xbb\xbf"

struct config {
    struct settings *settings;
    const char *path;
    FILE *file;
    int line;
};

__attribute__((format(printf, 2, 3))) static int config_refuse(const struct config *config,
                                                               const char *format, ...)
{
    char why[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    log_error("%s:%d: %s", config->path, config->line, why);
    return -EINVAL;
}

static const char config_blanks[] = " \t\v\f\r\n";

static bool config_is_blank(char character)
{
    return character && strchr(config_blanks, character);
}

/* Cut the blanks around TEXT off. Return where it begins then. */
static char *config_strip(char *text)
{
    text += strspn(text, config_blanks);
    size_t size = strlen(text);
    while (size > 0 && config_is_blank(text[size - 1]))
        size--;
    text[size] = '\0';
    return text;
}

static bool config_is_comment(const char *text)
{
    return *text == '#' || *text == ';';
}

/* Cut *VALUE behind its end: the quote that closes it, or the blank before a comment. Something
 * stands before it. Return what is wrong with it, or NULL. */
static const char *config_cut(char **value)
{
    char quote = **value;
    if (quote == '"' || quote == '\'') {
        char *end = strchr(++*value, quote);
        if (!end)
            return "the quote is not closed";
        *end++ = '\0';
        end += strspn(end, config_blanks);
        return *end && !config_is_comment(end) ? "there is more behind the quotes" : NULL;
    }
    for (char *at = *value; *at; at++) {
        if (config_is_comment(at) && config_is_blank(at[-1])) {
            *at = '\0';
            break;
        }
    }
    *value = config_strip(*value);
    return NULL;
}

/* The URL of a proxy may hold a password. */
static void config_warn_of_password(const struct config *config, const char *name,
                                    const char *value)
{
    struct stat attr;
    if (strcmp(name, "proxy") != 0 || !strchr(value, '@') ||
        fstat(fileno(config->file), &attr) < 0 || !(attr.st_mode & 077))
        return;
    log_warning("%s:%d: others on this machine may read the password of the proxy; do: chmod "
                "600 %s",
                config->path, config->line, config->path);
}

static int config_set(const struct config *config, const char *name, const char *value)
{
    if (strcmp(name, "api_key") == 0)
        return config_refuse(config,
                             "the key itself does not stand here; put it into a file of "
                             "its own and write api_key_file = FILE");
    config_warn_of_password(config, name, value);
    int error = settings_set(config->settings, name, strlen(name), value, ORIGIN_FILE);
    if (error == -ENOENT) {
        char hint[NEAR_HINT_SIZE];
        struct near near;
        near_init(&near, name, strlen(name));
        settings_near(&near, ORIGIN_FILE);
        return config_refuse(config, "no option is called \"%s\"; %sqpfs --help lists them",
                             name, near_hint(&near, hint));
    }
    if (error == -EPERM)
        return config_refuse(config, "%s may stand on the command line alone, behind -o", name);
    return error;
}

/* Read a line: TEXT, SIZE bytes, which is cut to pieces. */
static int config_read_line(const struct config *config, char *text, size_t size)
{
    if (strlen(text) != size)
        return config_refuse(config, "the line holds a NUL byte");
    if (config->line == 1 && strncmp(text, CONFIG_MARK, strlen(CONFIG_MARK)) == 0)
        text += strlen(CONFIG_MARK);
    text = config_strip(text);
    if (!*text || config_is_comment(text))
        return 0;
    if (*text == '[')
        return config_refuse(config, "there are no sections here; leave %s out", text);
    char *value = strpbrk(text, "=:");
    if (!value)
        return config_refuse(config, "this is no \"name = value\"");
    *value++ = '\0';
    char *name = config_strip(text);
    value += strspn(value, config_blanks);
    const char *problem = config_cut(&value);
    return problem ? config_refuse(config, "%s", problem) : config_set(config, name, value);
}

static void config_log_unreadable(const char *path, int error)
{
    const char *remedy = "";
    if (error == ENOENT || error == ENOTDIR)
        remedy = "; write it, see man qpfs.conf, or leave config= out";
    else if (error == EACCES)
        remedy =
            "; it must be readable by the user who mounts, in directories that they may enter";
    else if (error == EISDIR)
        remedy = "; name the file itself";
    log_error("cannot read %s: %s%s", path, strerror(error), remedy);
}

static int config_read_file(struct settings *settings, const char *path, bool must_exist)
{
    FILE *file = fopen(path, "re");
    struct config config = {.settings = settings, .path = path, .file = file};
    char *text = NULL;
    size_t room = 0;
    ssize_t size = 0;
    int error = 0;
    if (!file && (errno == ENOENT || errno == ENOTDIR) && !must_exist)
        return -ENOENT;
    while (file && !error && (size = getline(&text, &room, file)) >= 0) {
        config.line++;
        error = config_read_line(&config, text, (size_t)size);
    }
    if (!file || (!error && !feof(file))) {
        error = -errno;
        config_log_unreadable(path, -error);
    }
    wipe_free(text);
    if (file)
        fclose(file);
    return error;
}

int config_read(struct settings *settings, const char *path)
{
    if (path)
        return config_read_file(settings, path, true);
    char own[PATH_MAX];
    const char *xdg = getenv("XDG_CONFIG_HOME");
    const char *home = setting_home();
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
