#include "options/mount_option.h"

#include <stdbool.h>
#include <string.h>

static const struct {
    const char *name; /* a name that ends in * stands for all that begin so */
    enum mount_option_use use;
    const char *why;
} mount_options[] = {
    {"auto_unmount", MOUNT_OPTION_REFUSE,
     "auto_unmount would leave an empty directory behind if qpfs died, and rsync --delete "
     "would "
     "empty the backup; without it everyone gets \"not connected\""},
    {"nonempty", MOUNT_OPTION_REFUSE,
     "nonempty is not supported: what is below would be hidden; use an empty directory"},
    {"kernel_cache", MOUNT_OPTION_REFUSE, "kernel_cache is not needed; see cache_ttl"},
    {"direct_io", MOUNT_OPTION_REFUSE, "direct_io is not supported; see cache_ttl"},
    {"remount", MOUNT_OPTION_REFUSE,
     "remount is not supported: unmount it and mount it again with other options (SIGHUP reads "
     "everything anew)"},
    {"noexec", MOUNT_OPTION_PASS, NULL},
    {"exec", MOUNT_OPTION_PASS, NULL},
    {"noatime", MOUNT_OPTION_PASS, NULL},
    {"sync", MOUNT_OPTION_PASS, NULL},
    {"dirsync", MOUNT_OPTION_PASS, NULL},
    {"max_read=*", MOUNT_OPTION_PASS, NULL},
    {"context=*", MOUNT_OPTION_PASS, NULL},
    {"fscontext=*", MOUNT_OPTION_PASS, NULL},
    {"defcontext=*", MOUNT_OPTION_PASS, NULL},
    {"rootcontext=*", MOUNT_OPTION_PASS, NULL},
    {"ro", MOUNT_OPTION_IGNORE, NULL},
    {"rw", MOUNT_OPTION_IGNORE, NULL}, /* mount(8) says so by itself; the mount is read-only */
    {"nosuid", MOUNT_OPTION_IGNORE, NULL},
    {"suid", MOUNT_OPTION_IGNORE, NULL},
    {"nodev", MOUNT_OPTION_IGNORE, NULL},
    {"dev", MOUNT_OPTION_IGNORE, NULL},
    {"async", MOUNT_OPTION_IGNORE, NULL},
    {"atime", MOUNT_OPTION_IGNORE, NULL},
    {"diratime", MOUNT_OPTION_IGNORE, NULL},
    {"nodiratime", MOUNT_OPTION_IGNORE, NULL},
    {"relatime", MOUNT_OPTION_IGNORE, NULL},
    {"norelatime", MOUNT_OPTION_IGNORE, NULL},
    {"strictatime", MOUNT_OPTION_IGNORE, NULL},
    {"nostrictatime", MOUNT_OPTION_IGNORE, NULL},
    {"lazytime", MOUNT_OPTION_IGNORE, NULL},
    {"nolazytime", MOUNT_OPTION_IGNORE, NULL},
    {"iversion", MOUNT_OPTION_IGNORE, NULL},
    {"noiversion", MOUNT_OPTION_IGNORE, NULL},
    {"silent", MOUNT_OPTION_IGNORE, NULL},
    {"loud", MOUNT_OPTION_IGNORE, NULL},
    {"default_permissions", MOUNT_OPTION_IGNORE, NULL},
    {"subtype=*", MOUNT_OPTION_IGNORE, NULL},
    {"defaults", MOUNT_OPTION_IGNORE, NULL},
    {"auto", MOUNT_OPTION_IGNORE, NULL},
    {"noauto", MOUNT_OPTION_IGNORE, NULL},
    {"user", MOUNT_OPTION_IGNORE, NULL},
    {"user=*", MOUNT_OPTION_IGNORE, NULL},
    {"nouser", MOUNT_OPTION_IGNORE, NULL},
    {"users", MOUNT_OPTION_IGNORE, NULL},
    {"owner", MOUNT_OPTION_IGNORE, NULL},
    {"group", MOUNT_OPTION_IGNORE, NULL},
    {"nofail", MOUNT_OPTION_IGNORE, NULL},
    {"_netdev", MOUNT_OPTION_IGNORE, NULL},
    {"x-*", MOUNT_OPTION_IGNORE, NULL},
    {"comment=*", MOUNT_OPTION_IGNORE, NULL},
};

enum mount_option_use mount_option_use(const char *option, size_t size, const char **why)
{
    for (size_t i = 0; i < sizeof mount_options / sizeof *mount_options; i++) {
        const char *name = mount_options[i].name;
        size_t length = strlen(name);
        bool open = name[length - 1] == '*';
        if (open)
            length--;
        if ((open ? size < length : size != length) || memcmp(option, name, length) != 0)
            continue;
        *why = mount_options[i].why;
        return mount_options[i].use;
    }
    return MOUNT_OPTION_UNKNOWN;
}

void mount_option_near(struct near *near)
{
    for (size_t i = 0; i < sizeof mount_options / sizeof *mount_options; i++) {
        if (mount_options[i].use != MOUNT_OPTION_REFUSE)
            near_try(near, mount_options[i].name, strcspn(mount_options[i].name, "=*"));
    }
}
