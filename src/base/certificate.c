/* Judges a certificate and its private key, which are text (PEM). */
#include "base/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdbool.h>

static X509 *certificate_first(const char *chain)
{
    BIO *text = BIO_new_mem_buf(chain, -1);
    X509 *certificate = text ? PEM_read_bio_X509(text, NULL, NULL, NULL) : NULL;
    BIO_free(text);
    return certificate;
}

/* OpenSSL's own would ask on the terminal. */
static int certificate_refuse_passphrase(char *passphrase, int size, int writes, void *locked)
{
    (void)passphrase, (void)size, (void)writes;
    *(bool *)locked = true;
    return -1;
}

static EVP_PKEY *certificate_key(const char *key, bool *locked)
{
    BIO *text = BIO_new_mem_buf(key, -1);
    EVP_PKEY *read =
        text ? PEM_read_bio_PrivateKey(text, NULL, certificate_refuse_passphrase, locked)
             : NULL;
    BIO_free(text);
    return read;
}

enum certificate_verdict certificate_judge(const char *chain, const char *key)
{
    bool locked = false;
    X509 *certificate = certificate_first(chain);
    EVP_PKEY *own_key = certificate ? certificate_key(key, &locked) : NULL;
    enum certificate_verdict verdict = CERTIFICATE_GOOD;
    if (!certificate)
        verdict = CERTIFICATE_MISSING;
    else if (locked)
        verdict = CERTIFICATE_KEY_LOCKED;
    else if (!own_key)
        verdict = CERTIFICATE_KEY_MISSING;
    else if (X509_check_private_key(certificate, own_key) != 1)
        verdict = CERTIFICATE_KEY_OTHER;
    EVP_PKEY_free(own_key);
    X509_free(certificate);
    ERR_clear_error(); /* or curl would take these for its own */
    return verdict;
}
