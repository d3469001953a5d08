/* Names a secret without telling it. */
#include "base/fingerprint.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

int fingerprint_make(const char *secret, char hex[static FINGERPRINT_SIZE + 1])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (!EVP_Digest(secret, strlen(secret), digest, NULL, EVP_sha256(), NULL))
        return -ENOMEM;
    for (size_t i = 0; i < FINGERPRINT_SIZE / 2; i++)
        sprintf(hex + 2 * i, "%02x", digest[i]);
    return 0;
}
