/* Tests how a client certificate and its key are read from their files. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"
#include "options/client_cert.h"
#include "scratch.h"

static const char certificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBejCCASGgAwIBAgIUIOAfaZLDmHiqKT1SYLVtzYNk3k4wCgYIKoZIzj0EAwIw\n"
    "EjEQMA4GA1UEAwwHbWFjaGluZTAgFw0yNjExMjkyMTU1NDdaGA8yMTI2MTEwNTIx\n"
    "NTU0N1owEjEQMA4GA1UEAwwHbWFjaGluZTBZMBMGByqGSM49AgEGCCqGSM49AwEH\n"
    "A0IABGRzTqA4o2m9fg3BqItDjud0KhinbTKuUSdsBU4ueYyjVcX4ptD/TeXuco0/\n"
    "i5D/UtsoeYMQ9DfvHHrgroXfT8OjUzBRMB0GA1UdDgQWBBTmAHtnj3QfKyGKhx1y\n"
    "FEEZWZGErDAfBgNVHSMEGDAWgBTmAHtnj3QfKyGKhx1yFEEZWZGErDAPBgNVHRMB\n"
    "Af8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIAmDP3KzNQf/u1e3/gPNH1dZofI8\n"
    "/VmcMiQm1zaEL5zHAiBT5ecfdbWdgA2c3B69w4gMce96Ae+YnaN+azK67BoPQQ==\n"
    "-----END CERTIFICATE-----\n";

static const char key[] = "-----BEGIN PRIVATE KEY-----\n"
                          "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgEl2EPKCumvNQhTsV\n"
                          "tG4qLeAOBh4sT+ZuOqq7eckDHImhRANCAARkc06gOKNpvX4NwaiLQ47ndCoYp20y\n"
                          "rlEnbAVOLnmMo1XF+KbQ/03l7nKNP4uQ/1LbKHmDEPQ37xx64K6F30/D\n"
                          "-----END PRIVATE KEY-----\n";

static const char other_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgYPFzZ2DrBA9r1uuE\n"
    "Jxinh29OYAeKTv+ehj9kzREnCYihRANCAATQ3VUFDUIbXsZtsX3PTVB0YeWsvH64\n"
    "zFXEWrg248XWYHuTpu0jcV3cEF3eCu4rN6+qUo1BMtL/TzPWySC9yg39\n"
    "-----END PRIVATE KEY-----\n";

/* Its passphrase is abcd. */
static const char locked_key[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAj5/x0XRY36bwICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEP27wjwJH5kmkuJONVembMUEgZCE\n"
    "lVkqbZ0GZ3LHd6bf87K3419i7+Uh9z7NKsP7Q4vEdSHU4gT51tr/ywnwOKb7hFHb\n"
    "So9209ZHRHUazbfdHIQyversI9c04CmdfgQRMT7RvAkCAPLcz618Y9m3e6F1vD58\n"
    "QA9p+lM/O8YwKA0qaDT1Agjgp+edRUVNIWsgcH+l7jXuii5YuvDSYJp8/EGjAkA=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

static struct client_cert client_cert;
static struct credentials pair;
static const char *logged;

static void write_text(const char *name, const char *text, mode_t mode)
{
    scratch_write(name, text, strlen(text), mode);
}

static int read_pair(const char *path, const char *key_path)
{
    client_cert_finish(&client_cert);
    client_cert_free_texts(&pair);
    capture_begin();
    int error = client_cert_read(&client_cert, path, key_path, &pair);
    logged = capture_end();
    return error;
}

static int set_up(void **state)
{
    (void)state;
    write_text("cert", certificate, 0644);
    write_text("cert.key", key, 0600);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    client_cert_finish(&client_cert);
    client_cert_free_texts(&pair);
    return 0;
}

static void assert_refused(int error, const char *format, const char *name)
{
    char line[1024];
    assert_int_equal(read_pair(scratch_path("cert"), scratch_path("cert.key")), error);
    snprintf(line, sizeof line, format, scratch_path(name), scratch_path(name));
    if (!strstr(logged, line))
        assert_string_equal(logged, line);
    assert_null(strstr(logged, "PRIVATE KEY-"));
}

TEST(client_cert_is_read_with_its_key)
{
    assert_int_equal(read_pair(scratch_path("cert"), scratch_path("cert.key")), 0);
    assert_string_equal(logged, "");
    assert_string_equal(pair.certificates, certificate);
    assert_string_equal(pair.private_key, key);
}

TEST(client_cert_may_have_its_key_in_the_same_file)
{
    char both[sizeof certificate + sizeof key];
    snprintf(both, sizeof both, "%s%s", key, certificate);
    write_text("both", both, 0600);
    assert_int_equal(read_pair(scratch_path("both"), NULL), 0);
    assert_string_equal(pair.private_key, both);
    assert_int_equal(chmod(scratch_path("both"), 0640), 0);
    assert_int_equal(read_pair(scratch_path("both"), NULL), -EACCES);
}

TEST(client_cert_key_is_for_its_owner_alone)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0610};
    for (size_t i = 0; i < LENGTH(modes); i++) {
        write_text("cert.key", key, modes[i]);
        assert_refused(-EACCES,
                       "qpfs: error: the private key in %s can be read or changed by others; "
                       "do: chmod 600 %s\n",
                       "cert.key");
    }
}

TEST(client_cert_is_refused_with_the_key_of_another)
{
    write_text("cert.key", other_key, 0600);
    assert_refused(-EINVAL, "qpfs: error: the private key in %s is not that of the certificate",
                   "cert.key");
}

TEST(client_cert_is_refused_with_a_key_that_asks_for_a_passphrase)
{
    write_text("cert.key", locked_key, 0600);
    assert_refused(
        -EINVAL,
        "qpfs: error: the private key in %s asks for a passphrase, which a mount "
        "can't give; do: (umask 077 && openssl pkey -in %s -out NEW), and name NEW\n",
        "cert.key");
}

TEST(client_cert_says_what_a_file_lacks)
{
    write_text("cert.key", certificate, 0600);
    assert_refused(-EINVAL, "qpfs: error: %s holds no private key", "cert.key");
    write_text("cert.key", "", 0600);
    assert_refused(-EINVAL, "qpfs: error: %s holds no private key", "cert.key");
    write_text("cert", "nothing of the kind\n", 0644);
    assert_refused(-EINVAL, "qpfs: error: %s holds no certificate", "cert");
    unlink(scratch_path("cert.key"));
    assert_refused(-ENOENT,
                   "qpfs: error: cannot read %s: No such file or directory; "
                   "client_cert=FILE names the certificate",
                   "cert.key");
}

TEST(client_cert_must_be_a_file_of_some_size)
{
    static char large[1 << 19];
    memset(large, 'a', sizeof large - 1);
    write_text("cert", large, 0644);
    assert_refused(-EFBIG, "qpfs: error: %s is too long", "cert");
    unlink(scratch_path("cert"));
    assert_int_equal(mkdir(scratch_path("cert"), 0700), 0);
    assert_refused(-EINVAL, "qpfs: error: %s is no file", "cert");
    rmdir(scratch_path("cert"));
}

TEST(client_cert_is_read_again_from_where_it_was_named)
{
    char before[1024];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(scratch_path("")), 0);
    assert_int_equal(read_pair("cert", "cert.key"), 0);
    assert_int_equal(chdir(before), 0);
    client_cert_free_texts(&pair);
    assert_int_equal(client_cert_read_again(&client_cert, &pair), 0);
    assert_string_equal(pair.private_key, key);
}

#define CLIENT_CERT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_CERT_TEST(client_cert_is_read_with_its_key),
        CLIENT_CERT_TEST(client_cert_may_have_its_key_in_the_same_file),
        CLIENT_CERT_TEST(client_cert_key_is_for_its_owner_alone),
        CLIENT_CERT_TEST(client_cert_is_refused_with_the_key_of_another),
        CLIENT_CERT_TEST(client_cert_is_refused_with_a_key_that_asks_for_a_passphrase),
        CLIENT_CERT_TEST(client_cert_says_what_a_file_lacks),
        CLIENT_CERT_TEST(client_cert_must_be_a_file_of_some_size),
        CLIENT_CERT_TEST(client_cert_is_read_again_from_where_it_was_named),
    };
    return cmocka_run_group_tests(tests, scratch_set_up, scratch_tear_down);
}
