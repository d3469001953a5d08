/* Tests the fingerprint of a key, which names its ledger. */
#include "unit.h"

#include "base/fingerprint.h"

TEST(fingerprint_is_the_start_of_the_sha256)
{
    char hex[FINGERPRINT_SIZE + 1];
    assert_int_equal(fingerprint_make("abc", hex), 0);
    assert_string_equal(hex, "ba7816bf8f01cfea");
}

TEST(fingerprint_of_another_secret_is_another)
{
    char one[FINGERPRINT_SIZE + 1], other[FINGERPRINT_SIZE + 1];
    assert_int_equal(fingerprint_make("f3f2c1d0", one), 0);
    assert_int_equal(fingerprint_make("f3f2c1d1", other), 0);
    assert_string_not_equal(one, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fingerprint_is_the_start_of_the_sha256),
        cmocka_unit_test(fingerprint_of_another_secret_is_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
