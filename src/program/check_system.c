#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program/check_parts.h"
#include "program/mount_point.h"
#include "program/obstacle.h"

#define UPDATEDB_CONF "/etc/updatedb.conf"
#define FS_TYPE       "fuse.qpfs"

/* -------- FUSE -------- */

static void check_obstacle(struct check *check, enum finding_state state, const char *what,
                           const struct obstacle *obstacle)
{
    report_add(&check->report, state, what, obstacle->remedy, "%s", obstacle->text);
}

void check_files(struct check *check, const char *what)
{
    struct obstacle obstacle = {"", ""};
    if (obstacle_in_files(check->options, &obstacle))
        check_obstacle(check, FINDING_PROBLEM, what, &obstacle);
}

void check_device(struct check *check, const char *what)
{
    struct obstacle obstacle = {"", ""};
    if (obstacle_in_device(&obstacle))
        check_obstacle(check, FINDING_PROBLEM, what, &obstacle);
    else
        report_add(&check->report, FINDING_OK, what, NULL, "can be opened");
}

/* Root mounts without it. */
void check_fusermount(struct check *check, const char *what)
{
    struct obstacle obstacle = {"", ""};
    if (obstacle_in_fusermount(&obstacle))
        check_obstacle(check, geteuid() == 0 ? FINDING_WARNING : FINDING_PROBLEM, what,
                       &obstacle);
    else
        report_add(&check->report, FINDING_OK, what, NULL, "%s", obstacle.text);
}

/* Reads the next line of FILE, without what follows a "#"; NULL at the end. */
static char *check_read_line(FILE *file, char **line, size_t *room)
{
    if (getline(line, room, file) < 0)
        return NULL;
    (*line)[strcspn(*line, "#\n")] = '\0';
    return *line + strspn(*line, " \t");
}

/* Whether root, or others, may look into the mount. */
static bool check_is_open(const struct options *options)
{
    return geteuid() == 0 || options->session.allow_other || options->session.allow_root;
}

void check_fuse_conf(struct check *check, const char *what)
{
    struct obstacle obstacle = {"", ""};
    if (geteuid() == 0 ||
        !(check->options->session.allow_other || check->options->session.allow_root))
        return;
    if (obstacle_in_fuse_conf(check->options, &obstacle))
        check_obstacle(check, FINDING_PROBLEM, what, &obstacle);
    else
        report_add(&check->report, FINDING_OK, what, NULL, "allows allow_other and allow_root");
}

void check_selinux(struct check *check, const char *what)
{
    struct obstacle obstacle = {"", ""};
    if (obstacle_in_context(check->options, false, &obstacle))
        check_obstacle(check, FINDING_PROBLEM, what, &obstacle);
}

void check_patience(struct check *check, const char *what)
{
    struct obstacle obstacle = {"", ""};
    if (obstacle_in_patience(check->options, &obstacle))
        check_obstacle(check, FINDING_WARNING, what, &obstacle);
}

void check_mount_point(struct check *check, const char *what)
{
    struct obstacle why;
    const char *given = check->options->mount_point;
    if (!given)
        return;
    char *path = mount_point_check(given, check->options->replace_dead, &why);
    if (path && mount_point_is_dead(path))
        report_add(&check->report, FINDING_OK, what, NULL, "%s is a dead mount, to be replaced",
                   path);
    else if (path)
        report_add(&check->report, FINDING_OK, what, NULL, "%s is an empty directory", path);
    else
        check_obstacle(check, FINDING_PROBLEM, what, &why);
    if (path && obstacle_in_profile(path, &why))
        check_obstacle(check, FINDING_WARNING, "AppArmor", &why);
    free(path);
}

/* -------- updatedb -------- */

/* PRUNEFS of TEXT, between its quotes: the caller frees it. NULL if it is another line. */
static char *check_pruned(const char *text)
{
    if (strncmp(text, "PRUNEFS", 7) != 0)
        return NULL;
    text += 7;
    text += strspn(text, " \t");
    if (*text++ != '=')
        return NULL;
    text += strspn(text, " \t\"");
    return strndup(text, strcspn(text, "\""));
}

static bool check_names_us(const char *types)
{
    for (const char *at = types; (at = strstr(at, FS_TYPE)); at++) {
        bool begins = at == types || at[-1] == ' ' || at[-1] == '\t';
        char after = at[strlen(FS_TYPE)];
        if (begins && (!after || after == ' ' || after == '\t'))
            return true;
    }
    return false;
}

/* Root reads every file system every day that is not in PRUNEFS. */
void check_updatedb(struct check *check, const char *what)
{
    char *line = NULL, *text, *types = NULL, remedy[1024];
    size_t room = 0;
    FILE *file = fopen(UPDATEDB_CONF, "re");
    if (!file)
        return;
    while ((text = check_read_line(file, &line, &room)) && !types)
        types = check_pruned(text);
    fclose(file);
    snprintf(remedy, sizeof remedy, "write in " UPDATEDB_CONF ": PRUNEFS=\"%s%s" FS_TYPE "\"",
             types ? types : "", types && *types ? " " : "");
    if (types && check_names_us(types))
        report_add(&check->report, FINDING_OK, what, NULL, "passes over " FS_TYPE);
    else if (!check_is_open(check->options))
        report_add(&check->report, FINDING_OK, what, NULL, "can't look into a mount of yours");
    else
        report_add(&check->report, FINDING_WARNING, what, remedy,
                   "would walk through a mount every day, and cost its calls");
    free(types);
    free(line);
}
