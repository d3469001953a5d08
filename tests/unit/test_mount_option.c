/* Tests which mount options are taken, refused or passed on. */
#include "unit.h"

#include "options/mount_option.h"

static enum mount_option_use use_of(const char *option)
{
    const char *why = NULL;
    return mount_option_use(option, strlen(option), &why);
}

TEST(mount_option_uses)
{
    static const struct {
        const char *option;
        enum mount_option_use use;
    } rows[] = {
        {"noexec", MOUNT_OPTION_PASS},         {"max_read=4096", MOUNT_OPTION_PASS},
        {"context=a:b", MOUNT_OPTION_PASS},    {"ro", MOUNT_OPTION_IGNORE},
        {"rw", MOUNT_OPTION_IGNORE},           {"_netdev", MOUNT_OPTION_IGNORE},
        {"nofail", MOUNT_OPTION_IGNORE},       {"x-systemd.automount", MOUNT_OPTION_IGNORE},
        {"user=jane", MOUNT_OPTION_IGNORE},    {"default_permissions", MOUNT_OPTION_IGNORE},
        {"lazytime", MOUNT_OPTION_IGNORE},     {"remount", MOUNT_OPTION_REFUSE},
        {"auto_unmount", MOUNT_OPTION_REFUSE}, {"nonempty", MOUNT_OPTION_REFUSE},
        {"foo", MOUNT_OPTION_UNKNOWN},         {"", MOUNT_OPTION_UNKNOWN},
        {"r", MOUNT_OPTION_UNKNOWN},           {"roo", MOUNT_OPTION_UNKNOWN},
        {"x", MOUNT_OPTION_UNKNOWN},           {"max_read", MOUNT_OPTION_UNKNOWN},
        {"NOEXEC", MOUNT_OPTION_UNKNOWN},      {"use", MOUNT_OPTION_UNKNOWN},
        {"fd=3", MOUNT_OPTION_UNKNOWN},        {"rootmode=40000", MOUNT_OPTION_UNKNOWN},
        {"clone_fd", MOUNT_OPTION_UNKNOWN},
    };
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_row(rows[i].option, use_of(rows[i].option) == rows[i].use);
}

TEST(mount_option_that_is_refused_has_a_reason)
{
    static const char *const options[] = {"auto_unmount", "nonempty", "kernel_cache", "remount",
                                          "direct_io"};
    for (size_t i = 0; i < LENGTH(options); i++) {
        const char *why = NULL;
        assert_int_equal(mount_option_use(options[i], strlen(options[i]), &why),
                         MOUNT_OPTION_REFUSE);
        assert_row(options[i], why && strstr(why, options[i]));
    }
}

TEST(mount_option_reads_no_further_than_its_size)
{
    const char *why;
    assert_int_equal(mount_option_use("roxy", 2, &why), MOUNT_OPTION_IGNORE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mount_option_uses),
        cmocka_unit_test(mount_option_that_is_refused_has_a_reason),
        cmocka_unit_test(mount_option_reads_no_further_than_its_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
