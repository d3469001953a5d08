/* The reader of the kernel's table of mounts. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mount_table.h"
#include "scratch.h"

static char seen[4096];

static void note(void *data, const struct mount_table_entry *entry)
{
    size_t size = strlen(seen);
    assert_ptr_equal(data, &seen);
    snprintf(seen + size, sizeof seen - size, "%d %s %s %s\n", (int)entry->id, entry->device,
             entry->point, entry->type);
}

static const char *visited(const char *text)
{
    int table = open(scratch_write("table", text, strlen(text), 0600), O_RDONLY);
    *seen = '\0';
    assert_int_equal(mount_table_visit(table, note, &seen), 0);
    close(table);
    return seen;
}

TEST(mount_table_is_read_in_its_order)
{
    assert_string_equal(
        visited("22 27 0:21 / /sys rw,nosuid shared:7 - sysfs sysfs rw\n"
                "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 propagate_from:2 - ext3 /dev/r rw\n"
                "41 27 0:57 / /mnt2 ro - fuse.qpfs https://a.example/ ro,user_id=0\n"),
        "22 0:21 /sys sysfs\n36 98:0 /mnt2 ext3\n41 0:57 /mnt2 fuse.qpfs\n");
}

TEST(mount_table_decodes_paths)
{
    assert_string_equal(visited("1 2 0:3 / /a\\040b\\011c\\012d\\134040\\04 rw - tmpfs - rw\n"),
                        "1 0:3 /a b\tc\nd\\040\\04 tmpfs\n");
}

TEST(mount_table_passes_over_what_is_no_mount)
{
    assert_string_equal(visited("\n1 2 0:3 / /a rw tmpfs\n1 2\n1 2 0:3 / /a rw -\ncut off"),
                        "");
    assert_string_equal(visited(""), "");
}

TEST(mount_table_has_the_root_of_this_process)
{
    int table = mount_table_open();
    *seen = '\0';
    for (int i = 0; i < 2; i++) /* each time anew */
        assert_int_equal(mount_table_visit(table, note, &seen), 0);
    assert_non_null(strstr(seen, " / "));
    close(table);
    assert_int_equal(mount_table_visit(table, note, &seen), -EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mount_table_is_read_in_its_order),
        cmocka_unit_test(mount_table_decodes_paths),
        cmocka_unit_test(mount_table_passes_over_what_is_no_mount),
        cmocka_unit_test(mount_table_has_the_root_of_this_process),
    };
    return cmocka_run_group_tests(tests, scratch_set_up, scratch_tear_down);
}
