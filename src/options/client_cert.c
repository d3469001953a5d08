/* Reads the client certificate and its private key, which open a proxy, from their files. */
#include "options/client_cert.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/wipe.h"
#include "options/setting.h"

/* A chain of certificates takes some 10,000 bytes. */
#define CLIENT_CERT_SIZE_MAX ((size_t)1 << 18)

/* -------- a file -------- */

/* Return the size of the open file FD, or -errno after the reason was logged. SECRET: the
 * private key is in it. */
static ssize_t client_cert_size(const char *path, int fd, bool secret)
{
    struct stat attr;
    if (fstat(fd, &attr) < 0) {
        int error = errno;
        log_error("cannot read %s: %s", path, strerror(error));
        return -error;
    }
    if (!S_ISREG(attr.st_mode)) {
        log_error("%s is no file; name one with a certificate and its key (PEM)", path);
        return -EINVAL;
    }
    if (secret && (attr.st_mode & 077)) {
        log_error("the private key in %s can be read or changed by others; do: chmod 600 %s",
                  path, path);
        return -EACCES;
    }
    if (attr.st_size > (off_t)CLIENT_CERT_SIZE_MAX) {
        log_error("%s is too long for a certificate or its key", path);
        return -EFBIG;
    }
    return (ssize_t)attr.st_size;
}

/* Return up to SIZE bytes of FD as a text, or NULL with errno. */
static char *client_cert_text(int fd, size_t size)
{
    char *text = calloc(1, size + 1);
    size_t done = 0;
    ssize_t got = 1;
    while (text && done < size && got > 0) {
        got = read(fd, text + done, size - done);
        if (got > 0)
            done += (size_t)got;
        else if (got < 0 && errno == EINTR)
            got = 1;
    }
    if (got >= 0)
        return text;
    int error = errno;
    wipe_free(text);
    errno = error;
    return NULL;
}

/* Read PATH into *TEXT. Return 0 or -errno after the reason was logged. */
static int client_cert_read_file(const char *path, bool secret, const char **text)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        int error = errno;
        log_error("cannot read %s: %s; client_cert=FILE names the certificate (PEM), "
                  "client_cert_key=FILE its private key",
                  path, strerror(error));
        return -error;
    }
    ssize_t size = client_cert_size(path, fd, secret);
    int error = size < 0 ? (int)size : 0;
    if (!error && !(*text = client_cert_text(fd, (size_t)size))) {
        error = -errno;
        log_error("cannot read %s: %s", path, strerror(-error));
    }
    close(fd);
    return error;
}

/* -------- both -------- */

static X509 *client_cert_first(const char *chain)
{
    BIO *text = BIO_new_mem_buf(chain, -1);
    X509 *certificate = text ? PEM_read_bio_X509(text, NULL, NULL, NULL) : NULL;
    BIO_free(text);
    return certificate;
}

/* OpenSSL's own function would ask on the terminal. */
static int client_cert_refuse_passphrase(char *passphrase, int size, int writes, void *locked)
{
    (void)passphrase, (void)size, (void)writes;
    *(bool *)locked = true;
    return -1;
}

/* Return the first private key of TEXT, or NULL. *LOCKED: it asks for a passphrase. */
static EVP_PKEY *client_cert_key(const char *text, bool *locked)
{
    BIO *bytes = BIO_new_mem_buf(text, -1);
    *locked = false;
    EVP_PKEY *key =
        bytes ? PEM_read_bio_PrivateKey(bytes, NULL, client_cert_refuse_passphrase, locked)
              : NULL;
    BIO_free(bytes);
    return key;
}

/* Judge the first certificate and the first private key of CREDENTIALS. A certificate that is
 * not valid now is good as well: the other side decides. Return 0, or -EINVAL after the reason
 * was logged. */
static int client_cert_judge(const struct client_cert *client_cert,
                             const struct credentials *credentials)
{
    const char *path = client_cert->path, *key_path = client_cert->key_path;
    bool locked = false;
    X509 *certificate = client_cert_first(credentials->certificates);
    EVP_PKEY *key = certificate ? client_cert_key(credentials->private_key, &locked) : NULL;
    int error = -EINVAL;
    if (!certificate)
        log_error("%s holds no certificate; it must be a text (PEM) with BEGIN CERTIFICATE",
                  path);
    else if (locked)
        log_error("the private key in %s asks for a passphrase, which a mount can't give; do: "
                  "(umask 077 && openssl pkey -in %s -out NEW), and name NEW",
                  key_path, key_path);
    else if (!key)
        log_error("%s holds no private key; it must be a text (PEM) with BEGIN PRIVATE KEY; "
                  "client_cert_key=FILE names another file",
                  key_path);
    else if (X509_check_private_key(certificate, key) != 1)
        log_error("the private key in %s is not that of the certificate in %s", key_path, path);
    else
        error = 0;
    EVP_PKEY_free(key);
    X509_free(certificate);
    ERR_clear_error(); /* or curl would take these for its own */
    return error;
}

int client_cert_read_again(const struct client_cert *client_cert,
                           struct credentials *credentials)
{
    const char *path = client_cert->path, *key_path = client_cert->key_path;
    bool one_file = strcmp(path, key_path) == 0;
    *credentials = (struct credentials){.certificates = NULL};
    int error = client_cert_read_file(path, one_file, &credentials->certificates);
    if (!error)
        error = client_cert_read_file(key_path, true, &credentials->private_key);
    return error ? error : client_cert_judge(client_cert, credentials);
}

int client_cert_read(struct client_cert *client_cert, const char *chain, const char *key,
                     struct credentials *credentials)
{
    /* A link is followed anew each time that the files are read: what renews a certificate
     * often puts another link in its place. */
    client_cert->path = setting_absolute_path(chain);
    client_cert->key_path = setting_absolute_path(key ? key : chain);
    if (!client_cert->path || !client_cert->key_path) {
        log_error("out of memory");
        return -ENOMEM;
    }
    return client_cert_read_again(client_cert, credentials);
}

void client_cert_free_texts(struct credentials *credentials)
{
    wipe_free((char *)credentials->certificates);
    wipe_free((char *)credentials->private_key);
    *credentials = (struct credentials){.certificates = NULL};
}

void client_cert_finish(struct client_cert *client_cert)
{
    free(client_cert->path);
    free(client_cert->key_path);
    *client_cert = (struct client_cert){.path = NULL};
}
