/* Judges a certificate and its private key, which are text (PEM). */
#ifndef QPFS_BASE_CERTIFICATE_H
#define QPFS_BASE_CERTIFICATE_H

enum certificate_verdict {
    CERTIFICATE_GOOD,
    CERTIFICATE_MISSING,    /* the text holds no certificate */
    CERTIFICATE_KEY_LOCKED, /* the key asks for a passphrase */
    CERTIFICATE_KEY_MISSING,
    CERTIFICATE_KEY_OTHER /* it is the key of another certificate */
};

/* Judge the first certificate of CHAIN, and the first private key of KEY. Ask nobody for a
 * passphrase. A certificate that is not valid now is good as well: the other side decides. */
enum certificate_verdict certificate_judge(const char *chain, const char *key);

#endif
